"""One-step verification: levels 1 and 2 by one case, behind the second factor."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from accounts.errors import SecondFactorRequired
from accounts.models import AuditRecord, User
from accounts.services.second_factor import Proof
from config.kit.clock import now
from config.kit.errors import Absent
from kyc import errors
from kyc.models import Case, CaseState, Document, DocumentState, Identity, Level
from kyc.models.cases import Programme
from kyc.services import applications, corrections, decisions, entitlements, evidence, identity, names, one_step, uploads
from kyc.services.readings import Reading
from messaging.errors import WrongCode
from messaging.models import Allowance, Channel, Purpose
from messaging.services import codes
from tests import factories_kyc as make
from tests.client import Api
from tests.factories_messaging import read_code
from tests.kyc import pictures
from tests.kyc.test_races import together

pytestmark = pytest.mark.django_db
BORN = Reading(birthday=date(1990, 2, 28))


def image(user: User) -> str:
    """The path of a new upload."""
    return names.path_of(uploads.keep(user=user, content=pictures.jpeg()))


def proof(user: User) -> Proof:
    """A code that was sent for this purpose."""
    Allowance.objects.all().delete()
    assert user.email
    codes.send(purpose=Purpose.KYC, channel=Channel.EMAIL, destination=user.email, user=user, language="en", ip=make.loopback())
    return Proof("email", read_code(user.email))


def details(**changes: Any) -> one_step.OneStepData:
    """What the customer types."""
    facts = {
        "nationality": "TW", "first_name": "Mei-Hua", "last_name": "Lin", "gender": "female",
        "id_type": "national_id", "id_number": make.id_number(),
    }  # fmt: skip
    return one_step.OneStepData(**{**facts, **changes})


def submitted(user: User | None = None, **changes: Any) -> Case:
    """A case under review."""
    made = user or make.customer()
    return one_step.submit(user=made, details=details(**changes), front=image(made), selfie=image(made), proof=proof(made))


def test_an_approved_one_step_case_gives_levels_one_and_two() -> None:
    case = submitted()
    assert (case.state, case.programme, case.level) == (CaseState.SUBMITTED, Programme.ONE_STEP, 2)
    assert entitlements.level_of(case.user) == 0
    make.decide(decisions.approve, case, read=BORN)
    assert entitlements.level_of(case.user) == 2
    basic = Case.objects.get(user=case.user, level=Level.BASIC)
    assert (basic.state, basic.programme) == (CaseState.APPROVED, Programme.ONE_STEP)
    person = identity.read(case.user)
    assert (person.birthday, person.full_name) == (BORN.birthday, "Mei-Hua Lin")


def test_the_age_is_known_before_approval() -> None:
    case, officer = submitted(), make.officer()
    for read, refusal in (
        (None, errors.BirthdayMissing),
        (Reading(birthday=now().date() - timedelta(days=17 * 365)), errors.TooYoung),
        (Reading(BORN.birthday, expires_on=now().date() - timedelta(days=1)), errors.DocumentExpired),
    ):
        with pytest.raises(refusal):
            make.decide(decisions.approve, case, officer, read=read)
    assert entitlements.level_of(case.user) == 0
    assert identity.read(case.user).birthday is None


def test_a_chinese_number_tells_the_birthday() -> None:
    case = submitted(nationality="CN", id_number="11010519491231002X")
    assert identity.read(case.user).birthday == date(1949, 12, 31)
    make.decide(decisions.approve, case)
    assert entitlements.level_of(case.user) == 2


def test_a_child_by_its_number_is_refused() -> None:
    start = f"110105{now().year - 10}0101001"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(d) * w for d, w in zip(start, weights, strict=True)) % 11]
    with pytest.raises(errors.TooYoung):
        submitted(nationality="CN", id_number=start + check)


def test_without_or_with_a_wrong_second_factor_nothing_is_kept() -> None:
    user = make.customer()
    front, selfie = image(user), image(user)
    with pytest.raises(SecondFactorRequired):
        one_step.submit(user=user, details=details(), front=front, selfie=selfie, proof=None)
    right = proof(user)
    wrong = Proof("email", "000000" if right.code != "000000" else "111111")
    with pytest.raises(WrongCode):
        one_step.submit(user=user, details=details(), front=front, selfie=selfie, proof=wrong)
    assert not Identity.objects.filter(user=user).exists()
    assert not Case.objects.filter(user=user).exists()


def test_a_malformed_application_spends_no_code() -> None:
    user = make.customer()
    shown = proof(user)
    for change, refusal in (
        ({"id_number": "A123456788"}, errors.IdNumberUnfit),
        ({"first_name": "<b>"}, errors.IdentityInvalid),
        ({"document_expires_on": now().date() - timedelta(days=1)}, errors.DocumentExpired),
        ({"document_expires_on": date(9999, 1, 1)}, errors.ExpiryInvalid),
    ):
        with pytest.raises(refusal):
            one_step.submit(user=user, details=details(**change), front=image(user), selfie=image(user), proof=shown)
    with pytest.raises(Absent):
        one_step.submit(user=user, details=details(), front="nowhere", selfie=image(user), proof=shown)
    one_step.submit(user=user, details=details(), front=image(user), selfie=image(user), proof=shown)


def test_a_second_application_under_review_or_after_approval_is_refused() -> None:
    case = submitted()
    with pytest.raises(errors.UnderReview):
        submitted(case.user)
    with pytest.raises(errors.UnderReview):
        identity.submit(user=case.user, details=make.personal_data())
    make.decide(decisions.approve, case, read=BORN)
    with pytest.raises(errors.AlreadyApproved):
        submitted(case.user)


def test_a_phone_confirmed_meanwhile_gives_no_level_without_a_birthday() -> None:
    case = submitted()
    make.prove_phone(case.user)
    assert entitlements.level_of(case.user) == 0


def test_foreign_and_missing_images_are_refused() -> None:
    user, stranger = make.customer(), make.customer()
    with pytest.raises(Absent):
        one_step.submit(user=user, details=details(), front=image(stranger), selfie=image(user), proof=proof(user))
    with pytest.raises(errors.DocumentsMissing) as refusal:
        one_step.submit(user=user, details=details(), front=image(user), proof=proof(user))
    assert refusal.value.kinds == ["selfie"]
    assert not Identity.objects.filter(user=user).exists()


def test_only_the_refused_image_is_taken_anew() -> None:
    case = submitted()
    number = identity.read(case.user).id_number
    selfie = Document.objects.get(case=case, kind="selfie")
    make.decide(decisions.send_back, case, refused={selfie.public_id: "image_unclear"})
    same = names.path_of(selfie)
    with pytest.raises(errors.DocumentsMissing):
        one_step.submit(
            user=case.user, details=details(id_number=number), front=image(case.user), selfie=same, proof=proof(case.user)
        )
    with pytest.raises(Absent):
        one_step.submit(
            user=case.user,
            details=details(id_number=number),
            front=image(make.customer()),
            selfie=image(case.user),
            proof=proof(case.user),
        )
    again = submitted(case.user, id_number=number)
    assert (again.pk, again.state) == (case.pk, CaseState.RESUBMITTED)
    kept = Document.objects.exclude(state=DocumentState.REPLACED).filter(case=case).values_list("kind", "state")
    assert dict(kept) == {"id_front": "accepted", "selfie": "uploaded"}


def test_a_refused_name_alone_is_given_anew_and_the_case_handed_in_again() -> None:
    case = submitted()
    make.decide(decisions.send_back, case, refused=(), parts={"name": "data_differs"})
    with pytest.raises(errors.PartsMissing):
        applications.apply(user=case.user, level=2)
    corrections.correct(user=case.user, changes={"last_name": "Wang"})
    again = applications.apply(user=case.user, level=2)
    assert (again.pk, again.state, again.programme) == (case.pk, CaseState.RESUBMITTED, "one_step")


def test_data_typed_again_after_the_look_void_the_approval() -> None:
    case = submitted()
    seen = evidence.of(case).fingerprint
    make.decide(decisions.send_back, case, parts={"name": "data_differs"})
    submitted(case.user, last_name="Wang", id_number=identity.read(case.user).id_number)
    officer = make.officer()
    with pytest.raises(errors.CaseChanged):
        decisions.approve(case_id=case.public_id, officer=officer, seen=seen, read=BORN)


@pytest.mark.parametrize("change", [{"nationality": "JP"}, {"residence": "JP"}, {"document_expires_on": date(2099, 1, 1)}])
def test_every_typed_fact_is_part_of_what_is_approved(change: dict[str, Any]) -> None:
    case = make.submitted()
    seen = evidence.of(case).fingerprint
    if "document_expires_on" in change:
        Case.objects.filter(pk=case.pk).update(**change)
    else:
        Identity.objects.filter(user=case.user).update(**change)
    case.refresh_from_db()
    assert evidence.of(case).fingerprint != seen


def test_who_has_level_one_keeps_birthday_and_address() -> None:
    user = make.level_one()
    case = submitted(user, id_number=identity.read(user).id_number)
    person = identity.read(user)
    assert (person.birthday, person.address, person.residence) == (date(1990, 2, 28), "7 Zhongshan North Road, Taipei", "TW")
    make.decide(decisions.approve, case)
    assert entitlements.level_of(user) == 2


@pytest.mark.usefixtures("real_db")
def test_of_two_customers_with_one_number_at_once_one_wins_and_officers_can_read_of_it() -> None:
    number = make.id_number()
    acts = []
    for user in (make.customer(), make.customer()):
        given = {"front": image(user), "selfie": image(user), "proof": proof(user), "details": details(id_number=number)}
        acts.append(partial(one_step.submit, user=user, **given))
    results = together(*acts)
    assert sorted(type(result).__name__ for result in results) == ["Case", "IdNumberTaken"], results
    assert Identity.objects.count() == 1
    winner = next(result for result in results if isinstance(result, Case)).user
    record = AuditRecord.objects.get(act="kyc.id_number_contested")
    assert record.subject == f"kyc.customer:{winner.uid}"
    assert number not in str(record.facts)


def test_the_native_face_takes_uploaded_documents_and_answers_the_overview(api: Api) -> None:
    user = make.customer()
    api.token = make.token_of(user)
    make.upload_all(user, "id_front", "selfie")
    body = {**vars(details()), "birthday": "1990-02-28", "document_expires_on": "2060-01-01", "method": "email"}
    asked = api.post("/api/v1/kyc/one-step", {**body, "method": None})
    assert (asked.status_code, asked.json()["slug"]) == (403, "accounts.second_factor_required")
    answer = api.post("/api/v1/kyc/one-step", {**body, "code": proof(user).code})
    assert answer.status_code == 202, answer.json()
    two = next(case for case in answer.json()["cases"] if case["level"] == 2)
    assert (two["state"], two["document_expires_on"], two["missing"]) == ("submitted", "2060-01-01", [])


def test_wrong_types_are_refused_by_name(api: Api) -> None:
    api.token = make.token_of(make.customer())
    for change in ({"id_number": ["x"]}, {"gender": 1}, {"birthday": "31.12.1990"}, {"first_name": ""}, {"id_type": None}):
        body = {**vars(details()), "birthday": "1990-02-28", "document_expires_on": None, **change}
        answer = api.post("/api/v1/kyc/one-step", body)
        assert answer.status_code == 400, (change, answer.json())
        assert next(iter(change)) in answer.json()["fields"]
