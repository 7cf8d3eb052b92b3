"""How a refusal of each dialect looks, for the descriptions."""

from __future__ import annotations

from typing import Any

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem details, with the slug of the refusal, the reasons by field, and its facts.",
    "required": ["type", "title", "status", "slug", "detail", "fields"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "slug": {"type": "string"},
        "detail": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    },
    "additionalProperties": True,
}

SPOT_REFUSAL: dict[str, Any] = {
    "type": "object",
    "description": "The envelope of spot, with a number of its document (as text) and a sentence.",
    "required": ["code", "msg", "data", "success"],
    "properties": {
        "code": {"type": "string"},
        "msg": {"type": "string"},
        "data": {"type": "null"},
        "success": {"type": "boolean", "const": False},
    },
}

BITGIN_REFUSAL: dict[str, Any] = {
    "type": "object",
    "description": "The envelope of bitgin, with a number of its document and a sentence.",
    "required": ["code", "msg", "time", "data", "success"],
    "properties": {
        "code": {"type": "integer"},
        "msg": {"type": ["string", "null"]},
        "time": {"type": "integer", "format": "int64"},
        "data": {"type": ["object", "null"]},
        "success": {"type": "boolean", "const": False},
    },
}

OAUTH_ERROR: dict[str, Any] = {
    "type": "object",
    "description": "What RFC 6749, section 5.2, lets an authorization server say.",
    "required": ["error", "error_description"],
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
}

BHEX_REFUSAL: dict[str, Any] = {
    "type": "object",
    "description": "A number of bhex, which stands in the header `error_code` too, and its sentence.",
    "required": ["code", "msg"],
    "properties": {"code": {"type": "integer"}, "msg": {"type": "string"}},
}

BITFLEX_REFUSAL: dict[str, Any] = {
    "type": "object",
    "description": "The envelope of bitflex, with a number of ours and its sentence.",
    "required": ["code", "message", "data"],
    "properties": {"code": {"type": "integer"}, "message": {"type": "string"}, "data": {"type": "null"}},
}

EXX_REFUSAL: dict[str, Any] = {
    "type": "object",
    "description": "The envelope of exx, with a number as text, its sentence, and no data.",
    "required": ["resMsg", "datas"],
    "properties": {
        "resMsg": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        },
        "datas": {"type": "object", "maxProperties": 0},
    },
}

REFUSALS = {
    "Problem": PROBLEM,
    "OAuthError": OAUTH_ERROR,
    "SpotRefusal": SPOT_REFUSAL,
    "BitginRefusal": BITGIN_REFUSAL,
    "BhexRefusal": BHEX_REFUSAL,
    "BitflexRefusal": BITFLEX_REFUSAL,
    "ExxRefusal": EXX_REFUSAL,
}
