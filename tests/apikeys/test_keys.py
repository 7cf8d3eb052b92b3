"""Keys over HTTP: made with a proof, shown once, listed, ended; foreign ones are absent ones."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditRecord
from apikeys.errors import NetworksRequired, TooManyKeys
from apikeys.models import KEY_FLOW, ApiKey, State
from apikeys.services import keys
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.flow import IllegalMove
from messaging.models import Message, Purpose
from tests.apikeys import people
from tests.client import Api

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.apikeys.urls")]
ROAD = "/api/v1/api-keys"


@pytest.fixture
def ada():
    return people.customer()


@pytest.fixture
def signed_in(ada):
    return Api(token=people.token(ada))


def body(user, **other):
    return {"label": "robot", "scopes": ["read"], "code": people.key_code(user), **other}


def test_a_key_is_made_with_a_proof_and_its_secret_shown_once(ada, signed_in):
    response = signed_in.post(ROAD, body(ada, scopes=["withdraw", "read"], networks=["192.0.2.0/24"]))
    assert response.status_code == 201
    made = response.json()
    stored = ApiKey.objects.get(user=ada)
    assert made == {
        "id": str(stored.public_id),
        "key": stored.key,
        "label": "robot",
        "scheme": "native_hmac",
        "scopes": ["read", "withdraw"],
        "networks": ["192.0.2.0/24"],
        "daily_caps": [],
        "uid": str(ada.uid),
        "state": "active",
        "created_at": made["created_at"],
        "last_used_at": None,
        "expires_at": None,
        "withdraws_from": made["created_at"],
        "secret": made["secret"],
    }
    assert len(made["key"]) == 32
    assert len(made["secret"]) == 64
    assert (made["key"] + made["secret"]).isalnum()
    listed = signed_in.get(ROAD).json()["results"]
    assert listed == [{name: value for name, value in made.items() if name != "secret"}]


def test_the_secret_stands_nowhere_in_the_database_in_the_clear(ada, caplog):
    issued = people.issue(ada)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', [f"%{issued.secret}%"])
            assert cursor.fetchone()[0] == 0, table
    assert issued.secret.encode() not in bytes(ApiKey.objects.get().sealed_secret)
    assert issued.secret not in repr(issued) + str(issued.api_key) + repr(issued.api_key) + caplog.text


def test_making_a_key_leaves_an_audit_row_and_a_notice(ada):
    issued = people.issue(ada)
    record = AuditRecord.objects.get(act="apikeys.create")
    assert (record.actor, record.actor_kind) == (ada, "customer")
    assert record.subject == f"apikeys.apikey:{issued.api_key.public_id}"
    assert record.facts == {"state": "active", "scopes": "read", "networks": "0"}
    assert Message.objects.filter(template="api_key_created", user=ada).count() == 1


def test_without_a_proof_nothing_is_made(ada, signed_in):
    response = signed_in.post(ROAD, {"label": "robot", "scopes": ["read"]})
    assert (response.status_code, response.json()["slug"]) == (403, "accounts.second_factor_required")
    assert response.json()["methods"] == ["email"]
    right = people.key_code(ada)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    response = signed_in.post(ROAD, {"label": "robot", "scopes": ["read"], "code": wrong})
    assert (response.status_code, response.json()["fields"].keys()) == (response.status_code, {"code"})
    assert response.status_code >= 400
    assert not ApiKey.objects.exists()


def test_a_code_makes_one_key(ada, signed_in):
    sent = body(ada)
    assert signed_in.post(ROAD, sent).status_code == 201
    assert signed_in.post(ROAD, sent).status_code >= 400
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"label": ""}, 400, "label"),
        ({"label": "x" * 65}, 400, "label"),
        ({"label": "a\u202eb"}, 400, "label"),
        ({"label": 5}, 400, "label"),
        ({"scopes": []}, 400, "scopes"),
        ({"scopes": ["admin"]}, 400, "scopes.0"),
        ({"scopes": "read"}, 400, "scopes"),
        ({"networks": ["0.0.0.0"]}, 400, "networks"),
        ({"networks": ["::ffff:1.2.3.4"]}, 400, "networks"),
        ({"networks": ["192.0.2.1"] * 21}, 400, "networks"),
        ({"networks": "192.0.2.1"}, 400, "networks"),
        ({"scopes": ["withdraw"]}, 422, "networks"),
        ({"expires_at": "2001-01-01T00:00:00Z"}, 400, "expires_at"),
        ({"expires_at": "9999-01-01T00:00:00Z"}, 400, "expires_at"),
        ({"expires_at": "soon"}, 400, "expires_at"),
        ({"method": "carrier pigeon"}, 400, "method"),
    ],
)
def test_bad_input_names_its_field_and_makes_nothing(ada, signed_in, change, status, field):
    response = signed_in.post(ROAD, body(ada, **change))
    assert response.status_code == status, response.json()
    assert any(name.startswith(field) for name in response.json()["fields"]), response.json()
    assert not ApiKey.objects.exists()


def test_a_customer_has_a_limited_number_of_keys(ada, settings):
    settings.API_KEYS_PER_CUSTOMER_MAX = 2
    first = people.issue(ada)
    people.issue(ada)
    with pytest.raises(TooManyKeys):
        people.issue(ada)
    keys.delete(customer=ada, public_id=str(first.api_key.public_id), proof=people.proof(ada, Purpose.API_KEY_DELETE))
    people.issue(ada)


def test_deleting_needs_a_proof_and_destroys_the_secret(ada, signed_in):
    issued = people.issue(ada)
    road = f"{ROAD}/{issued.api_key.public_id}"
    assert signed_in.delete(road).json()["slug"] == "accounts.second_factor_required"
    assert signed_in.delete(road, {"code": people.key_code(ada, Purpose.API_KEY_DELETE)}).status_code == 204
    stored = ApiKey.objects.get()
    assert (stored.state, stored.sealed_secret) == (State.DELETED, None)
    assert signed_in.get(ROAD).json()["results"] == []
    assert AuditRecord.objects.filter(act="apikeys.delete").count() == 1
    assert Message.objects.filter(template="api_key_deleted").count() == 1
    assert signed_in.delete(road, {"code": people.key_code(ada, Purpose.API_KEY_DELETE)}).status_code == 404


def test_a_foreign_key_is_answered_like_an_absent_one(ada, signed_in):
    foreign = people.issue(people.customer("bob@example.com"))
    code = people.key_code(ada)
    answers = {
        signed_in.delete(f"{ROAD}/{number}", {"code": code}).content
        for number in (foreign.api_key.public_id, 1234567890123456, "9" * 16, "0", "abc", "1" * 40)
    }
    assert len(answers) == 1
    assert b"api.absent" in answers.pop()
    assert ApiKey.objects.get().state == State.ACTIVE
    assert signed_in.get(ROAD).json()["results"] == []


def test_keys_are_for_signed_in_people():
    assert Api().get(ROAD).status_code == 401
    assert Api().post(ROAD, {"label": "x", "scopes": ["read"]}).status_code == 401


def test_the_list_costs_the_same_however_long_it_is(ada, signed_in, django_assert_num_queries):
    people.issue(ada)
    signed_in.get(ROAD)
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(ROAD)
        counts.append(len(queries))
        people.issue(ada)
    assert len(set(counts)) == 1


def test_a_disabled_key_can_only_be_deleted(ada):
    officer = people.customer("officer@example.com")
    issued = people.issue(ada)
    keys.disable(api_key=issued.api_key, officer=officer, reason="leaked in a public repository")
    assert ApiKey.objects.get().state == State.DISABLED
    with pytest.raises(IllegalMove):
        keys.disable(api_key=issued.api_key, officer=officer, reason="again")
    with pytest.raises(ValueError, match="reason"):
        keys.disable(api_key=issued.api_key, officer=officer, reason="  ")
    keys.delete(customer=ada, public_id=str(issued.api_key.public_id), proof=people.proof(ada, Purpose.API_KEY_DELETE))
    with pytest.raises(Absent):
        keys.disable(api_key=issued.api_key, officer=officer, reason="too late")


def test_the_flow_ends_in_deleted():
    assert ("deleted", "active") in KEY_FLOW.illegal()
    assert ("disabled", "active") in KEY_FLOW.illegal()


def test_a_key_that_withdraws_needs_networks(ada):
    with pytest.raises(NetworksRequired):
        people.issue(ada, scopes=("withdraw",))


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"scopes": ["withdraw"], "networks": []}, "apikeys_apikey_withdraw_is_bound"),
        ({"scopes": []}, "apikeys_apikey_scopes_known"),
        ({"scopes": ["root"]}, "apikeys_apikey_scopes_known"),
        ({"sealed_secret": None}, "apikeys_apikey_secret_until_deleted"),
        ({"state": "asleep", "ended_at": now()}, "apikeys_apikey_state_known"),
        ({"scheme": "plain"}, "apikeys_apikey_scheme_known"),
        ({"key": "short"}, "apikeys_apikey_key_form"),
        ({"ended_at": now()}, "apikeys_apikey_end_dated"),
        ({"state": "deleted", "ended_at": now()}, "apikeys_apikey_secret_until_deleted"),
        ({"scheme": "native_ed25519", "public_key": b"x" * 32}, "apikeys_apikey_secret_until_deleted"),
        ({"public_key": b"x" * 32}, "apikeys_apikey_public_key_of_ed25519"),
    ],
)
def test_the_database_refuses_a_broken_key_whoever_writes_it(ada, change, constraint):
    people.issue(ada)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ApiKey.objects.update(**change)
