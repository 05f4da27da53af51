"""What replaying, merging and opening again have in common: the same documents."""


import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core import academy, classroom, learning, people, register, roomwork, session
from course.core.statement import Draft, Statement, merge
from course.store import EMPTY
from course.store.lines import encode

from .stores import FOLDS, fold_said, place_in

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
studying = st.one_of(
    st.builds(Draft, st.just("experienced"), st.sampled_from(["m#a", "m#b", "n#a"])),
    st.builds(lambda q, text, score: Draft("answered", f"pool#{q}", {
        "in": "check", "response": text, "score": score}),
        st.sampled_from("qr"), words, st.sampled_from([0, 0.5, 1])),
    st.builds(lambda a, q, text: Draft("answered", f"pool#{q}", {
        "attempt": a, "response": text, "score": 1}), st.sampled_from("12"), st.sampled_from("qr"),
        words),
    st.builds(lambda verb, asking, vote, text: Draft(verb, "pool#q", {
        "in": "room", "session": "s", "asking": asking, "vote": vote, "response": text,
        "given": "", **({"score": 1} if verb == "answered" else {})}),
        st.sampled_from(["voted", "answered"]), st.sampled_from("ab"),
        st.sampled_from(["first", "second"]), words),
    st.builds(lambda a, text, revises: Draft("answered", f"case#{a}", {
        "attempt": a, "question": "ask", "response": text, "score": None, "in": "case",
        **({"revises": True} if revises else {})}), st.sampled_from("12"), words, st.booleans()),
    st.builds(lambda a, on: Draft("flagged", f"attempt:{a}", {"question": "q", "on": on}),
              st.sampled_from("12"), st.booleans()),
    st.builds(lambda a: Draft("initialized", f"attempt:{a}", {
        "quiz": "pool", "questions": ["q", "r"], "seed": a}), st.sampled_from("12")),
    st.builds(lambda a, verb: Draft(verb, f"attempt:{a}", {
        "quiz": "pool", "score": 1, "of": 2, "passed": verb == "passed", "missed": [],
        "items": [{"id": "q"}, {"id": "r"}]}), st.sampled_from("12"),
        st.sampled_from(["passed", "failed"])),
    st.builds(lambda place, text: Draft("noted", place, {"text": text}),
              st.sampled_from(["m#a", "m#b"]), words),
    st.builds(lambda manual, minutes: Draft("attended", manual, {"minutes": minutes}),
              st.sampled_from("mn"), st.integers(0, 600)),
    st.builds(lambda one, minutes: Draft("attended-session", one, {
        "manual": "m", "minutes": minutes}), st.sampled_from("st"), st.integers(0, 90)),
    st.builds(lambda place, on: Draft("bookmarked", place, {"on": on}),
              st.sampled_from(["m#a", "m#b"]), st.booleans()),
)
describing = st.one_of(
    st.builds(lambda name: Draft("described", "academy:profile", {"name": name}), words),
    st.builds(lambda manual, share: Draft("set-rules", manual, {"attendance": share}),
              st.sampled_from(["m", "*"]), st.integers(0, 100)),
    st.builds(lambda name: Draft("changed-logo", "academy:profile", {"logo": name, "data": name}),
              words),
    st.builds(lambda key, kept: Draft("trusted-key", key, {"key": kept}), st.sampled_from("ab"),
              st.none() | st.just({"id": "a"})))
registering = st.builds(lambda verb, number, place: Draft(verb, number, {
    "place": place, "previous": "", "hash": number, "at": "", "body": {"reason": number}}),
    st.sampled_from(["superseded", "revoked"]), words, st.integers(1, 3))
enrolling = st.one_of(
    st.builds(lambda who, name: Draft("enrolled", who, {"name": name, "role": "learner"}),
              st.sampled_from("ab"), words),
    st.builds(lambda who, kept: Draft("joined", who, {"joined": kept}), st.sampled_from("ab"),
              st.sampled_from(["a", "b", ""])),
    st.builds(lambda apart: Draft("kept-apart", "a b", {"apart": apart}), st.booleans()))
playing = st.one_of(studying, st.builds(
    lambda a, moves: Draft("showed", f"attempt:{a}", {"moves": moves}), st.sampled_from("12"),
    st.integers(0, 3)), st.builds(
    lambda a, hands: Draft("answered", "case#ask", {
        "attempt": a, "question": "ask", "response": "x", "score": None, "in": "case",
        "votes": [{"x": hands}, {}]}), st.sampled_from("12"), st.integers(0, 9)))
grouping = st.builds(lambda name, who, is_in, instead: Draft("described", "cohort:c", {
    "fields": {"name": name}, "members": {who: is_in}, "questions": {"pool#q": instead}}),
    words, st.sampled_from("ab"), st.booleans(), st.sampled_from(["", "hidden"]))
meeting = st.builds(lambda name, vote, hands, who, minutes, may: Draft("said", "session", {
    "fields": {"title": name}, "plan": [name], "stage": {"step": name},
    "asked": {"1": {"title": name, "at": name}}, "hands": {"1": {vote: {"x": hands}}},
    "seats": {who: name}, "present": {who: minutes},
    "again": {"1": {who: may}}}), words, st.sampled_from(["first", "second"]),
    st.integers(0, 9), st.sampled_from("ab"), st.integers(0, 90), st.booleans())
counts = st.dictionaries(st.sampled_from("xy"), st.integers(1, 9), max_size=2)
sessions = st.one_of(
    st.builds(lambda title: Draft("opened", "session:1", {
        "fields": {"title": title}, "plan": [], "stage": {"step": title}}), words),
    st.builds(lambda step, asking: Draft("showed", "session:1", {
        "stage": {"step": step, "asking": asking}, "asked": {asking: {"at": step}}}),
        words, st.sampled_from("12")),
    st.builds(lambda asking, vote, hands: Draft("counted", "session:1", {
        "hands": {asking: {vote: hands}}}), st.sampled_from("12"),
        st.sampled_from(["first", "second"]), counts),
    st.builds(lambda who, minutes: Draft("noted-presence", "session:1", {
        "present": {who: minutes}, "seats": {who: "t"}}), st.sampled_from("ab"),
        st.sampled_from([None, -1, 30])),
    st.builds(lambda who, may: Draft("let-in", "session:1", {"again": {"1": {who: may}}}),
              st.sampled_from("ab"), st.booleans()))


def history(drafts, record):
    """Statements of two devices that did not always know of each other."""
    def build(chosen):
        numbers = {"d1": 0, "d2": 0}
        statements = []
        for device, counter, draft in chosen:
            numbers[device] += 1
            statements.append(Statement(device, numbers[device], counter + numbers[device],
                                        f"2026-01-01T00:00:{len(statements) % 60:02}.000Z", record,
                                        draft.verb, draft.object, draft.result))
        return unique_stamps(statements)

    chosen = st.tuples(st.sampled_from(["d1", "d2"]), st.integers(0, 3), drafts)
    return st.lists(chosen, max_size=12).map(build)


def unique_stamps(statements):
    """A device never gives a counter twice, and an attempt is begun and ended once."""
    once = {(one.verb in ("passed", "failed"), one.object) if one.object.startswith("attempt:")
            else one.id: one for one in statements}
    return list({one.stamp: one for one in once.values()}.values())


@pytest.mark.parametrize(("fold", "drafts"), [
    (learning.fold_learner, studying), (people.fold_people, enrolling), (fold_said, studying),
    (academy.fold_academy, describing), (register.fold_register, registering),
    (roomwork.fold_play, playing), (classroom.fold_cohort, grouping),
    (session.fold_session, meeting), (session.fold_session, sessions),
], ids=["learner", "people", "room", "academy", "register", "play", "cohort", "session", "stages"])
@given(data=st.data())
def test_replaying_in_any_order_and_twice_gives_the_same_document(fold, drafts, data):
    statements = data.draw(history(drafts, "learner:1"))
    shuffled = data.draw(st.permutations(statements + statements))

    def folded(order):
        document = EMPTY
        for statement in order:
            document = fold(document, statement)
        return document

    assert folded(shuffled) == folded(statements)


@given(history(studying, "learner:1"), history(studying, "learner:1"))
def test_merging_twice_adds_nothing(ours, theirs):
    once = merge(ours, theirs)
    twice = merge([*ours, *once.added], theirs)

    assert twice.added == ()
    assert {one.id for one in [*ours, *once.added]} == {one.id for one in [*ours, *theirs]}


@given(drafts=st.lists(studying, max_size=10))
def test_a_folder_opened_again_shows_the_same(drafts, tmp_path_factory):
    place = place_in(tmp_path_factory.mktemp("store"))
    store = place.open()
    for number, draft in enumerate(drafts):
        with store.record("learner:1", wait=number % 2 > 0) as record:
            record.append(draft)
    shown, kept = store.document("learner:1"), list(store.statements())
    store.close()
    place.progress.unlink(missing_ok=True)
    store = place.open()

    assert store.document("learner:1") == shown
    assert list(store.statements()) == kept
    assert [encode(one) for one in store.statements()] == [encode(one) for one in kept]
    store.close()


def test_the_folds_of_the_course_are_those_of_the_tests():
    from course import FOLDS as real

    assert {kind: FOLDS[kind] for kind in real} == dict(real)
