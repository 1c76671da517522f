"""Who may write: a key its own project, a service its tenant, a person themselves; anyone else nothing."""

import base64
import json
import time

import pytest
from api import Key, Service, Token, assert_problem
from events import batch, screen_view, usage
from patience import eventually


def test_no_credential_is_a_401_that_says_what_would_do(api):
    response = api.post("/api/events", batch(screen_view()))
    assert_problem(response, 401)
    assert response.headers["www-authenticate"]


def test_a_wrong_key_is_a_401(api, tenant):
    key = tenant.key()
    for wrong in ("nonsense", f"wk_{tenant.name}_" + "A" * 43, key.text[:-1] + ("a" if key.text[-1] != "a" else "b")):
        assert_problem(api.post("/api/events", batch(screen_view()), by=Key(wrong)), 401)


def test_a_key_of_another_project_is_refused(api, tenant):
    shop, _ = tenant.key("shop"), tenant.key("blog")
    assert_problem(api.post("/api/events", batch(screen_view(), projectId="blog"), by=shop), 403)


def test_a_revoked_key_is_refused_once_forgotten(api, stack, tenant):
    key = tenant.key()
    assert api.post("/api/events", batch(screen_view()), by=key).status_code == 200
    tenant.revoke(key)
    remembered = int(stack.function_environment("ingest")["CREDENTIAL_CACHE_SECONDS"])

    def is_refused():
        assert_problem(api.post("/api/events", batch(screen_view()), by=key), 401)

    eventually(is_refused, within=remembered + 5, every=0.5)


def test_one_revoked_key_leaves_the_projects_other_key(api, tenant):
    first, second = tenant.key(), tenant.key()
    tenant.revoke(first)
    assert api.post("/api/events", batch(screen_view()), by=second).status_code == 200


def test_a_key_works_as_the_user_name_of_basic_authentication(api, tenant):
    name = base64.b64encode(f"{tenant.key().text}:".encode()).decode()
    response = api.post("/api/events", batch(screen_view()), headers={"Authorization": f"Basic {name}"})
    assert response.status_code == 200, response.text


def test_a_signed_call_is_taken_and_a_changed_one_is_not(api, tenant):
    target, body = "/usage/api?historical=true", json.dumps([usage(1)]).encode()
    signed = tenant.service.headers("POST", target, body)
    assert api.post(target, body, headers=signed).status_code == 200
    assert_problem(api.post(target, body.replace(b"1000", b"9000"), headers=signed), 401)
    assert_problem(api.post("/usage/api", body, headers=signed), 401)
    assert_problem(api.post(target, body, headers={**signed, "X-Weir-Timestamp": str(int(signed["X-Weir-Timestamp"]) + 1)}), 401)


@pytest.mark.parametrize("off_by", [-310, 310])
def test_a_signature_of_another_time_is_refused(api, tenant, off_by):
    service = Service(tenant.service.name, tenant.service.secret, clock=lambda: time.time() + off_by)
    assert_problem(api.post("/usage/api", [usage(1)], by=service), 401)


def test_a_service_of_one_tenant_is_none_of_another(api, tenant, new_tenant):
    other = new_tenant()
    assert_problem(api.post("/usage/api", [usage(1)], by=Service(f"loader@{other.name}", tenant.service.secret)), 401)


def test_a_user_writes_their_own_events_and_no_others(api, tenant):
    ann = tenant.user("ann")
    assert api.post("/api/events", batch(screen_view(userId=None), projectId="shop"), by=ann).status_code == 200
    response = api.post("/api/events", batch(screen_view(userId="bob"), projectId="shop"), by=ann)
    assert response.status_code in (403, 422), response.text

    def is_anns():
        assert tenant.counted("events") == 1

    eventually(is_anns)


def test_a_token_that_was_not_signed_here_is_refused(api, tenant):
    good = tenant.admin.text
    header, claims, signature = good.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    forged = {
        "no algorithm": f"{unsigned}.{claims}.",
        "another signature": f"{header}.{claims}.{signature[::-1]}",
        "another issuer": tenant.token("admin", "a", "--issuer", "https://elsewhere.example").text,
        "another audience": tenant.token("admin", "a", "--audience", "elsewhere").text,
        "another secret": tenant.token("admin", "a", "--secret", "0f8fad5bd9cb469fa16570867728950e7").text,
    }
    for what, text in forged.items():
        response = api.get("/metrics/dashboard", by=Token(text))
        assert response.status_code in (401, 403), f"{what}: {response.status_code}"
    assert api.get("/metrics/dashboard", by=Token(good)).status_code == 200
