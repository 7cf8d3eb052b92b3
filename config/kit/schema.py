"""OpenAPI from what the views declare, so that the description can't drift from the code."""

from __future__ import annotations

import json
import re
from typing import Any

from django.http import HttpRequest
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_object_type, force_instance
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from config.kit import errors
from config.kit.examples import example_of, examples_of, refusal_of
from config.kit.operations import Operation
from config.kit.paging import PAGE_SIZE, PAGE_SIZE_MAX
from config.kit.parsers import NOT_OFFERED, PARSERS
from config.kit.refusal_shapes import REFUSALS
from config.kit.scalars import ScalarOutput
from config.kit.views import DialectView


def problem_component(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing hook: the shapes of refusals that the dialect speaks, once, and no security scheme of another's."""
    components = result.setdefault("components", {})
    told = json.dumps(result["paths"], default=str)
    spoken = {name: shape for name, shape in REFUSALS.items() if f'/schemas/{name}"' in told}
    components.setdefault("schemas", {}).update(spoken)
    schemes = components.get("securitySchemes", {})
    components["securitySchemes"] = {name: scheme for name, scheme in schemes.items() if f'"{name}": []' in told}
    return result


def _either(answer: dict[str, Any], refusal: dict[str, Any]) -> dict[str, Any]:
    """One status for both, where a dialect refuses with 200: an answer or a refusal."""
    (media_type, told), (_, refused) = next(iter(answer["content"].items())), next(iter(refusal["content"].items()))
    examples = {"answer": {"value": told["example"]}, **refused["examples"]}
    both = {"schema": {"anyOf": [told["schema"], refused["schema"]]}, "examples": examples}
    return {"description": f"The answer, or {refusal['description']}", "content": {media_type: both}}


class OperationSchema(AutoSchema):
    """Reads `@operation` of a DialectView."""

    view: DialectView  # type: ignore[override]  # only DialectViews are described
    method: str
    path: str
    described: str = ""
    """The method whose body is being described, where `method` has to say another."""

    @property
    def declared(self) -> Operation:
        """What the view declares of this method."""
        return self.view.operations[(self.described or self.method).lower()]

    def get_operation_id(self) -> str:
        """`post_withdrawals_confirm`: method and path without the prefix."""
        parts = [part for part in self.path.strip("/").split("/") if part and part not in {"api", "v1"}]
        words = ["by_" + part.strip("{}") if part.startswith("{") else re.sub(r"[-.]", "_", part) for part in parts]
        return "_".join([self.method.lower(), *words])

    def get_tags(self) -> list[str]:
        """The first word of the path."""
        parts = [part for part in self.path.strip("/").split("/") if part not in {"api", "v1"}]
        return [parts[0]] if parts else []

    def get_summary(self) -> str | None:
        """The declared summary."""
        return self.declared.summary or None

    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular dropped DRF's parameters
        """The view's docstring, the needs and the refusals' slugs."""
        needs = self.declared.needs
        lines = [(self.view.__doc__ or "").strip()]
        if needs.keys_only:
            lines.append("Needs a request signed by an API key, whatever its scopes.")
        elif needs.login and not self.view.dialect.session_scheme:
            lines.append(f"Needs a signed request of a key with the scope `{needs.scope}`.")
        elif needs.login:
            lines.append(f"Needs a session of level `{needs.level}`" + (", fresh" if needs.fresh else "") + ".")
            if needs.scope:
                lines.append(f"An API key needs the scope `{needs.scope}`.")
            if needs.scope_by:
                told = ", ".join(f"`{scope}` for {word}" for word, scope in needs.scope_by.scopes.items())
                lines.append(f"An API key needs the scope {told}.")
        slugs = ", ".join(f"`{refusal.slug}`" for refusal in self.declared.refusals if refusal.slug)
        if slugs:
            lines.append(f"Refusals: {slugs}.")
        return "\n\n".join(lines)

    def get_request_serializer(self) -> Any:
        """The declared input."""
        return self.declared.input

    def map_parsers(self) -> list[str]:
        """The media types of the declared parsers."""
        forms = self.declared.parsers or self.view.body_forms
        return [str(PARSERS[name].media_type) for name in forms if name not in NOT_OFFERED]

    def get_response_serializers(self) -> Any:
        """The declared answers; refusals are added in `_get_response_bodies`."""
        return self.declared.output

    def get_override_parameters(self) -> list[Any]:
        """The query serializer and the pages' parameters."""
        found: list[Any] = [self.declared.query] if self.declared.query else []
        if self.declared.page:
            found += [
                OpenApiParameter("cursor", OpenApiTypes.STR, description="From `next` or `previous`."),
                OpenApiParameter("size", OpenApiTypes.INT, description=f"Rows, 1 to {PAGE_SIZE_MAX}; {PAGE_SIZE} unless told."),
            ]
        for name, description in self.declared.headers.items():
            found.append(OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=description))
        return found

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Session token, signed key, or nothing."""
        needs = self.declared.needs
        session, key = self.view.dialect.session_scheme, self.view.dialect.key_scheme
        schemes: list[dict[str, list[str]]] = []
        if session and (needs.login or needs.optional) and not needs.keys_only:
            schemes.append({session: []})
        if key and (needs.scope or needs.scope_by):
            schemes.append({key: []})
        if not needs.login:
            schemes.append({})
        return schemes

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        declared = self.declared
        bodies: dict[str, Any] = {}
        if declared.media_types:
            binary = {"schema": {"type": "string", "format": "binary"}, "example": "the bytes of the file"}
            bodies["200"] = {"description": "The file.", "content": dict.fromkeys(declared.media_types, binary)}
        elif declared.output is None:
            bodies[str(204 if declared.status == 200 else declared.status)] = {"description": "Done."}
        else:
            bodies[str(declared.status)] = self._body(declared.output, many=declared.many, paged=bool(declared.page))
        for status, serializer in declared.also.items():
            bodies[str(status)] = self._body(serializer, many=False, paged=False) if serializer else {"description": "Done."}
        for status, kinds in self._refusals().items():
            dialect = self.view.dialect
            shape = {"schema": {"$ref": f"#/components/schemas/{dialect.refusal_shape}"}, "examples": self._problems(kinds)}
            body = {"description": ", ".join(sorted(kinds)), "content": {dialect.refusal_media_type: shape}}
            bodies[str(status)] = _either(bodies[str(status)], body) if str(status) in bodies else body
        return dict(sorted(bodies.items()))

    def _refusals(self) -> dict[int, dict[str, type[errors.DomainError]]]:
        found: dict[int, dict[str, type[errors.DomainError]]] = {}
        for kind in self._kinds():
            if kind.slug:
                found.setdefault(self.view.dialect.status_of(kind), {})[kind.slug] = kind
        return found

    def _kinds(self) -> list[type[errors.DomainError]]:
        declared = self.declared
        kinds: list[type[errors.DomainError]] = list(declared.refusals)
        if declared.input or declared.query or declared.page:
            kinds += [errors.InvalidInput]
        if declared.input:
            kinds += [errors.MalformedBody, errors.UnsupportedMedia, errors.TooLarge]
        if declared.needs.login or declared.needs.optional:
            kinds += [errors.NotSignedIn, errors.LevelTooLow]
        if declared.needs.keys_only:
            kinds += [errors.KeyRequired]
        if "{" in self.path:
            kinds += [errors.Absent]
        if declared.rate:
            kinds += [errors.Throttled]
        if self.view.dialect.seconds_max:
            kinds += [errors.TimedOut]
        return [*kinds, errors.Unavailable]

    def _problems(self, kinds: dict[str, type[errors.DomainError]]) -> dict[str, Any]:
        """An example of each refusal, in the dialect's own words."""
        request = HttpRequest()
        refuse = self.view.dialect.refuse
        named = self._first_field()
        return {slug: {"value": refuse(refusal_of(kind, field=named), request).body} for slug, kind in sorted(kinds.items())}

    def _first_field(self) -> str:
        """A field that a client may have left out or filled in wrongly."""
        asked = self.declared.input or self.declared.query
        fields = force_instance(asked).fields if asked else {}  # type: ignore[no-untyped-call]  # drf-spectacular's helper has no types
        return next((name for name, field in fields.items() if field.required), next(iter(fields), "cursor"))

    def _get_request_body(self, direction: str = "request") -> dict[str, Any] | None:
        declared, method = self.declared, self.method
        if declared.input is None:
            return None
        self.described, self.method = method, "POST"  # drf-spectacular describes no body of a DELETE; ours carry the proof
        body: dict[str, Any] = super()._get_request_body(direction)  # type: ignore[no-untyped-call]  # drf-spectacular has no types here
        self.described, self.method = "", method
        for content in body["content"].values():
            content.pop("examples", None)
            content.update(examples_of(declared.input, for_input=True))
        return body

    def _body(self, serializer: Any, *, many: bool, paged: bool) -> dict[str, Any]:
        component = self._map_serializer_ref(serializer)
        example = example_of(serializer, for_input=False)
        schema: dict[str, Any] = {"type": "array", "items": component} if many or paged else component
        if self.declared.is_nullable:
            schema = {"oneOf": [schema, {"type": "null"}]}
        if paged:
            link = {"type": ["string", "null"], "format": "uri"}
            schema = build_object_type(
                properties={"results": schema, "next": link, "previous": link}, required=["results", "next", "previous"]
            )
            example = {"results": [example], "next": None, "previous": None}
        elif many:
            example = [example]
        if not self.declared.bare:
            schema = self.view.dialect.envelope_shape(schema)
            example = (self.declared.envelope or self.view.dialect.envelope)(example)
        return {"description": "", "content": {"application/json": {"schema": schema, "example": example}}}

    def _map_serializer_ref(self, serializer: Any) -> dict[str, Any]:
        if isinstance(serializer, type) and issubclass(serializer, ScalarOutput):
            return dict(serializer.schema)
        instance = force_instance(serializer)  # type: ignore[no-untyped-call]  # drf-spectacular's helper has no types
        return dict(self.resolve_serializer(instance, "response").ref)
