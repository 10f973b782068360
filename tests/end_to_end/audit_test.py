#!/usr/bin/env python3
"""The audit log through real processes: its chain computed by another program, found wrong at its place when somebody has
been at the database, and right after services were killed; and personal data, which is answered only to who says what for."""

import datetime
import hashlib
import json
import os
import signal
import subprocess
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

from contracts import CLOSED, REPEATED, SCOPE, STRING, Contracts, fields, text
from whole import PROGRAMS, PROTOSET, SERVICES, Anju, reason

COUNTY, VILLAGE = "450481", "450481100201"
NAME, ID_NUMBER, BORN = "韦小明", "450328199003070010", "1990-03-07"
PHONE, CARD = "13812345678", "6222021234567890123"
PURPOSE = "核对低保名单"
KINDS = {"ENTRY_KIND_WRITE": 1, "ENTRY_KIND_READ": 2, "ENTRY_KIND_EXPORT": 3, "ENTRY_KIND_REFUSED": 4}


def digest(*texts):
    """SHA-256 of netstrings, as protos/anju/audit/v1/audit.proto writes it down."""
    return hashlib.sha256(b"".join(b"%d:%b," % (len(text.encode()), text.encode()) for text in texts)).hexdigest()


def microseconds(at):
    whole, _, part = at.rstrip("Z").partition(".")
    seconds = datetime.datetime.fromisoformat(whole + "+00:00").timestamp()
    return int(seconds) * 1_000_000 + int(part.ljust(6, "0")[:6] or 0)


def content_hash(entry):
    ids = entry.get("record_ids", [])
    return digest("anju.audit.v1", entry["id"], str(microseconds(entry["at"])), str(KINDS[entry["kind"]]),
                  *(entry.get(name, "") for name in ("subject", "role", "method", "division", "request_id", "purpose")),
                  str(entry.get("record_count", 0)), ",".join(ids))


class Audit(unittest.TestCase):
    """An anju with a county's households; no tests of its own."""

    engine = "sqlite"

    @classmethod
    def setUpClass(cls):
        cls.anju = Anju(cls.engine)
        # It is refused so often that it would be told to wait.
        cls.anju.environment.update(ANJU_STRANGER_RATE="1e6", ANJU_STRANGER_BURST="1e6")
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.officer = cls.anju.token_file(f"officer-{COUNTY}")
        cls.auditor = cls.anju.new_token("auditor", "*")
        cls.imports("h", ["户编号,村代码,户类型,建档日期"] + [f"h{n},{VILLAGE},建档立卡贫困户,2016-01-15" for n in range(50)], "households")
        cls.imports("p", ["户编号,人员编号,姓名,身份证号,出生日期,性别,与户主关系,劳动能力,入户日期",
                          f"h1,1,{NAME},{ID_NUMBER},{BORN},男,户主,普通劳动力,2016-01-15"], "persons")

    @classmethod
    def imports(cls, name, lines, kind):
        path = cls.anju.data / f"{name}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        receipt = cls.anju.ctl(cls.officer, "import", kind, path, "--division", COUNTY)
        assert receipt["refused"] == 0, receipt

    def household(self):
        listed = self.anju.ctl(self.officer, "call", "anju.registry.v1.Registry/ListHouseholds",
                               json.dumps({"division": COUNTY, "query": "h1"}))
        return listed["households"][0]["id"]

    def http(self, path, token, **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{self.anju.http}{path}")
        request.add_header("Authorization", "Bearer " + token.read_text().strip())
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def officer_called(self, subject):
        """A token for an hour, which says that it is theirs."""
        made = subprocess.run([PROGRAMS / "anjuctl", "token", "make", "--keys", self.anju.data / "keys", "--role", "officer", "--division",
                               COUNTY, "--subject", subject, "--hours", "1"], capture_output=True, text=True, check=True, timeout=30)
        path = self.anju.data / "called.jwt"
        path.write_text(made.stdout)
        return path

    def verify(self, *words):
        done = self.anju.ctl(self.auditor, "audit", "verify", *words, check=False)
        self.assertIn(done.returncode, (0, 3), done.stdout + done.stderr)
        return done.returncode, {one["service"]: one for one in json.loads(done.stdout)["services"]}

    def sealed(self):
        """Waits until nothing waits; answers the heads as anjuctl prints them."""
        for _ in range(100):
            _, verdicts = self.verify()
            if all(one["unsealed"] == 0 for one in verdicts.values()):
                return verdicts
            time.sleep(0.1)
        raise AssertionError("the log is not sealed")


class Chain(Audit):
    def test_another_program_finds_the_same_heads(self):
        verdicts = self.sealed()
        self.assertEqual(set(SERVICES), set(verdicts))
        for service in SERVICES:
            number, head = 0, digest("anju.audit.v1", service)
            while True:
                status, page = self.http(f"/v1/audit/chain?after_number={number}&page_size=7", self.auditor,
                                         x_anju_service=service)
                self.assertEqual(200, status, page)
                for link in page.get("links", []):
                    number += 1
                    self.assertEqual(str(number), str(link["number"]))
                    head = digest(head, str(number), content_hash(link["entry"]))
                    self.assertEqual(head, link["hash"])
                if not page.get("links"):
                    break
            self.assertEqual(f"{service}:{number}:{head}", verdicts[service]["head"])
        self.assertGreater(verdicts["registry"]["entries"], 1)

    def test_who_was_at_the_database_is_found(self):
        before = self.sealed()["registry"]["head"]
        self.assertEqual(0, self.verify("--service", "registry", "--head", before)[0])
        trigger = "audit_log_update" if self.engine == "sqlite" else "audit_log_stay ON audit_log"
        self.anju.alter("registry", f"DROP TRIGGER {trigger}", "UPDATE audit_log SET subject = subject || 'x' WHERE number = 2")
        code, verdicts = self.verify()
        self.assertEqual((3, 2, "FAULT_KIND_CHANGED"), (code, verdicts["registry"]["fault"]["number"], verdicts["registry"]["fault"]["kind"]))
        self.anju.alter("registry", "UPDATE audit_log SET subject = substr(subject, 1, length(subject) - 1) WHERE number = 2")
        self.assertEqual(0, self.verify()[0])
        # The service itself answers the same.
        checked = self.anju.ctl(self.auditor, "call", "anju.audit.v1.Audit/VerifyChain", "{}", "--service", "registry")
        self.assertTrue(checked["intact"] and checked["complete"], checked)
        # An entry that is not found by the records that it names is hidden from who asks for these.
        trigger = "audit_records_delete" if self.engine == "sqlite" else "audit_records_stay ON audit_records"
        self.anju.alter("registry", f"DROP TRIGGER {trigger}", "CREATE TABLE taken AS SELECT * FROM audit_records", "DELETE FROM audit_records")
        code, verdicts = self.verify()
        self.assertEqual((3, "FAULT_KIND_NOT_FOUND_BY_RECORD"), (code, verdicts["registry"]["fault"]["kind"]))
        self.anju.alter("registry", "INSERT INTO audit_records SELECT * FROM taken", "DROP TABLE taken")
        self.assertEqual(0, self.verify()[0])
        # A head of what was there before is of use later: what is cut off is found by it alone.
        last = int(before.split(":")[1])
        forged = f"registry:{last + 1000}:{'0' * 64}"
        code, verdicts = self.verify("--service", "registry", "--head", forged)
        self.assertEqual((3, "FAULT_KIND_HEAD_LOST"), (code, verdicts["registry"]["fault"]["kind"]))

    def test_a_cut_off_end_is_found_by_the_heads_of_the_last_time(self):
        heads = self.anju.data / "kept_heads"
        self.sealed()
        self.assertEqual(0, self.verify("--heads", heads)[0])
        kept = heads.read_text().split()
        self.assertEqual(set(SERVICES), {head.split(":")[0] for head in kept})
        self.assertEqual(0, self.verify("--heads", heads)[0])
        # One head is of a log that is longer than it was: as though its end had been cut off since.
        service, number, _ = kept[0].split(":")
        forged = f"{service}:{int(number) + 1000}:{'0' * 64}"
        heads.write_text("\n".join([forged] + kept[1:]))
        code, verdicts = self.verify("--heads", heads)
        self.assertEqual((3, "FAULT_KIND_HEAD_LOST"), (code, verdicts[service]["fault"]["kind"]))
        self.assertEqual(int(number) + 1000, verdicts[service]["fault"]["last_number"])
        # It is said again until somebody has looked into it.
        self.assertIn(forged, heads.read_text().split())

    def test_whoever_cuts_off_the_end_of_the_log_is_found_for_ever(self):
        service = "relocation"
        triggers = {"sqlite": ("audit_log_delete", "audit_records_delete", "audit_head_update"),
                    "postgresql": ("audit_log_stay ON audit_log", "audit_records_stay ON audit_records", "audit_head_moves ON audit_head")}
        self.anju.alter(service, *(f"DROP TRIGGER {trigger}" for trigger in triggers[self.engine]))

        def number():
            head = self.anju.ctl(self.auditor, "call", "anju.audit.v1.Audit/GetHead", "{}", "--service", service)
            return int(head.get("number", 0))

        def write(county, count):
            """So many entries of who was refused, which are sealed once this is answered; answers how many there are then."""
            wanted = number() + count
            for stranger in range(county, county + count):
                status, _ = self.http(f"/v1/cases?division={COUNTY}", self.anju.new_token("officer", str(stranger)))
                self.assertEqual(403, status)
            for _ in range(100):
                if number() >= wanted:
                    return number()
                time.sleep(0.1)
            raise AssertionError("the log is not sealed")

        last = write(360700, 4)
        # By default they are kept for the user; whoever keeps none asks what the service itself knows.
        self.assertEqual(0, self.verify("--service", service)[0])
        self.anju.alter(service, f"DELETE FROM audit_log WHERE number > {last - 2}")
        # Either it was sealed already that something was lost, or not yet.
        code, verdicts = self.verify("--service", service, "--no-heads")
        fault = verdicts[service]["fault"]
        self.assertIn(fault["kind"], ("FAULT_KIND_HEAD_LOST", "FAULT_KIND_LOSS"))
        self.assertEqual((3, last - 1, last), (code, fault["number"], fault["last_number"]))
        self.assertIn(f"entries {last - 1} to {last} are gone", fault["message"])
        code, verdicts = self.verify("--service", service)
        self.assertIn("FAULT_KIND_HEAD_LOST", [fault["kind"] for fault in verdicts[service]["faults"]])
        write(360720, 3)
        for _ in range(2):
            code, verdicts = self.verify("--service", service, "--no-heads")
            self.assertEqual([(3, "FAULT_KIND_LOSS", last - 1, last)],
                             [(code, fault["kind"], fault["number"], fault["last_number"]) for fault in verdicts[service]["faults"]])
            os.kill(self.anju.pid(service), signal.SIGKILL)
            self.come_back()
        losses = self.anju.ctl(self.auditor, "audit", "list", "--service", service, "--kind", "loss")["entries"]
        self.assertEqual([f"{last}:"], [entry["purpose"][:len(str(last)) + 1] for entry in losses])

    def come_back(self):
        deadline = time.monotonic() + 60
        while self.anju.ctl(self.officer, "health", check=False).returncode != 0:
            self.assertLess(time.monotonic(), deadline, "a service does not come back")
            time.sleep(0.2)

    def test_a_killed_service_leaves_a_chain(self):
        before = self.sealed()["registry"]["head"]
        for n in range(5):
            path = self.anju.data / f"k{n}.csv"
            path.write_text("户编号,村代码,户类型,建档日期\n" + "".join(
                f"k{n}-{row},{VILLAGE},建档立卡贫困户,2016-01-15\n" for row in range(2000)), encoding="utf-8")
            sending = subprocess.Popen(self.anju.command(self.officer, "import", "households", path, "--division", COUNTY, "--batch", "20"),
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.3 + 0.17 * n)
            pid = self.anju.pid("registry")
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
            sending.wait(timeout=60)
            self.come_back()
        self.assertGreater(self.sealed()["registry"]["entries"], int(before.split(":")[1]) + 5)
        self.assertEqual(0, self.verify("--head", before)[0])


@unittest.skipUnless(os.environ.get("ANJU_TEST_POSTGRESQL"), "no PostgreSQL")
class ChainOnPostgresql(Chain):
    engine = "postgresql"


class PersonalData(Audit):
    """What is read, and how it is kept, does not depend on the engine."""

    def test_personal_data_for_a_purpose_and_its_trace(self):
        household = self.household()
        path = f"/v1/households/{household}"
        status, masked = self.http(path, self.officer)
        self.assertEqual((200, "韦**"), (status, masked["members"][0]["name"]))
        # As bytes that are no ASCII, percent-encoded, and through anjuctl.
        raw = PURPOSE.encode().decode("latin-1")
        for purpose in (raw, urllib.parse.quote(PURPOSE)):
            status, shown = self.http(path, self.officer, x_anju_purpose=purpose)
            self.assertEqual((200, NAME, ID_NUMBER, BORN), (status, *(shown["members"][0][f] for f in ("name", "id_number", "born_on"))))
        shown = self.anju.ctl(self.officer, "--purpose", PURPOSE, "household", household)
        self.assertIn(ID_NUMBER, json.dumps(shown, ensure_ascii=False))
        # Nobody is answered it a moment later who did not say what for.
        for answer in (self.http(path, self.officer)[1], self.http(path + "/file", self.officer)[1],
                       self.anju.ctl(self.officer, "household", household)):
            self.assertNotIn(ID_NUMBER, json.dumps(answer))
            self.assertNotIn(NAME, json.dumps(answer, ensure_ascii=False))
        collector = self.anju.new_token("collector", COUNTY)
        status, refused = self.http(path, collector, x_anju_purpose=raw)
        self.assertEqual((403, "UNMASKING_NOT_ALLOWED"), (status, reason(refused)))
        status, refused = self.http(path, self.officer, x_anju_purpose="why")
        self.assertEqual((400, "PURPOSE_MALFORMED"), (status, reason(refused)))
        # Who read what, by household, by person, by officer.
        for words in (("--household", household), ("--person", household + ":1"), ("--subject", f"officer-{COUNTY}")):
            listed = self.anju.ctl(self.auditor, "audit", "list", "--service", "registry", *words)
            entries = [entry for entry in listed["entries"] if entry["kind"] in ("ENTRY_KIND_READ", "ENTRY_KIND_EXPORT")]
            self.assertEqual(3, len(entries), words)
            for entry in entries:
                # The file is read with the household's event, in whose reason there are numbers.
                records = 2 if entry["kind"] == "ENTRY_KIND_EXPORT" else 1
                self.assertEqual((PURPOSE, records, VILLAGE), (entry["purpose"], len(entry["record_ids"]), entry["division"]))
                self.assertIn(household, entry["record_ids"])
            self.assertNotIn(ID_NUMBER, json.dumps(listed))
        self.assertEqual(0, self.verify()[0])
        # Whoever sees an ID number masked cannot find out by trying which it is.
        searched = f"/v1/households?division={COUNTY}&query="
        for token in (self.officer, self.anju.new_token("collector", COUNTY)):
            status, answer = self.http(searched + ID_NUMBER, token)
            self.assertEqual((403, "PURPOSE_MISSING"), (status, answer["details"][0]["reason"]))
            self.assertEqual(1, len(self.http(searched + "h1", token)[1]["households"]))
        by_name = searched + urllib.parse.quote(NAME)
        self.assertEqual((1, 0), tuple(len(self.http(by_name, token)[1].get("households", []))
                                       for token in (self.officer, self.anju.new_token("collector", COUNTY))))
        status, answer = self.http(searched + ID_NUMBER, self.officer, x_anju_purpose=raw)
        self.assertEqual((200, ID_NUMBER), (status, answer["households"][0]["members"][0]["id_number"]))
        self.assertNotIn(ID_NUMBER, "".join(log.read_text(errors="replace") for log in (self.anju.data / "logs").iterdir()))

    def test_an_id_number_is_written_in_one_way_and_is_nobodys_household_number(self):
        self.imports("x", ["户编号,人员编号,姓名,身份证号,出生日期,性别,与户主关系,劳动能力,入户日期",
                           "h20,1,例某,11010519491231002x,,,户主,普通劳动力,2016-01-15"], "persons")
        raw = PURPOSE.encode().decode("latin-1")
        searcher = self.officer_called("searcher")
        searched = f"/v1/households?division={COUNTY}&query="
        for number in ("11010519491231002x", "11010519491231002X"):
            self.assertEqual("PURPOSE_MISSING", reason(self.http(searched + number, searcher)[1]))
            status, answer = self.http(searched + number, searcher, x_anju_purpose=raw)
            self.assertEqual((200, "11010519491231002X"), (status, answer["households"][0]["members"][0]["id_number"]))
        # Whoever finds nobody has searched, too; and whoever says nothing is refused over HTTP as over gRPC.
        status, answer = self.http(searched + "450328199003070037", searcher, x_anju_purpose=raw)
        self.assertEqual((200, []), (status, answer.get("households", [])))
        for blank in ("%20" * 6, "%E3%80%80" * 6, "......"):
            self.assertEqual("PURPOSE_MALFORMED", reason(self.http(searched + "h20", searcher, x_anju_purpose=blank)[1]))
        listed = self.anju.ctl(self.auditor, "audit", "list", "--service", "registry", "--kind", "read", "--subject", "searcher")
        counts = [int(entry.get("record_count", 0)) for entry in listed["entries"]]
        self.assertEqual([0, 1, 1], counts)
        path = self.anju.data / "numbers.csv"
        path.write_text(f"户编号,村代码,户类型,建档日期\n{ID_NUMBER},{VILLAGE},建档立卡贫困户,2016-01-15\n", encoding="utf-8")
        receipt = self.anju.ctl(self.officer, "import", "households", path, "--division", COUNTY, check=False)
        refused = json.loads(receipt.stdout)["refused_rows"]
        self.assertEqual([("household_no", "NUMBER_IS_PERSONAL")], [(row["field"], row["reason"]) for row in refused])
        self.assertNotIn(ID_NUMBER, receipt.stdout + receipt.stderr)

    def test_no_log_holds_what_a_token_says_instead_of_an_account(self):
        token = self.officer_called(f"{NAME} {ID_NUMBER}")
        for request_id, kept in (("r-17", True), (ID_NUMBER + "0", False), ("0b5e1f0c-1234-1234-1234-123456789012", True)):
            self.assertEqual(200, self.http(f"/v1/households?division={COUNTY}", token, x_request_id=request_id)[0])
            logs = "".join(log.read_text(errors="replace") for log in (self.anju.data / "logs").iterdir())
            self.assertEqual(kept, f'"request_id":"{request_id}"' in logs)
        for personal in (NAME, ID_NUMBER):
            self.assertNotIn(personal, logs)
        self.assertIn("45**************10", logs)

    def test_a_person_is_followed_to_another_household(self):
        self.imports("t", ["户编号,人员编号,姓名,身份证号,出生日期,性别,与户主关系,劳动能力,入户日期"] + [
            f"{household},{person},例某{household}{person},,1990-03-07,男,{relation},普通劳动力,2016-01-15"
            for household in ("h10", "h11") for person, relation in (("1", "户主"), ("2", "子女"))], "persons")
        ids = {}
        for number in ("h10", "h11", "h12"):
            listed = self.anju.ctl(self.officer, "call", "anju.registry.v1.Registry/ListHouseholds",
                                   json.dumps({"division": COUNTY, "query": number}))
            ids[number] = listed["households"][0]["id"]
        self.anju.ctl(self.officer, "call", "anju.registry.v1.HouseholdEvents/TransferMember", json.dumps(
            {"id": ids["h10"], "person_no": "2", "into": ids["h11"], "happened_on": "2018-06-01", "relation": "RELATION_OTHER",
             "reason": "投靠亲属", "request_id": "t1"}))
        raw = PURPOSE.encode().decode("latin-1")
        reader = self.anju.new_token("officer", COUNTY)
        for number in ("h10", "h11", "h12"):
            self.assertEqual(200, self.http(f"/v1/households/{ids[number]}", reader, x_anju_purpose=raw)[0])
        # The household's file is read from all services.
        self.assertEqual(200, self.http(f"/v1/households/{ids['h11']}/file", reader, x_anju_purpose=raw)[0])
        by_id = []
        for person in (ids["h10"] + ":2", ids["h11"] + ":2/2"):
            entries = self.anju.ctl(self.auditor, "audit", "list", "--person", person)["entries"]
            times = [microseconds(entry["at"]) // 1000 for entry in entries]
            self.assertEqual(times, sorted(times, reverse=True))
            # What the services do by themselves, such as evaluating a household, goes on.
            entries = [entry for entry in entries if entry.get("role") == "officer"]
            read = [(entry["method"].rsplit(".", 1)[1], entry["record_ids"]) for entry in entries if entry["kind"] == "ENTRY_KIND_READ"]
            self.assertEqual([("GetFilePart", [ids["h11"]]), ("GetHousehold", [ids["h11"]]), ("GetHousehold", [ids["h10"]])], read)
            self.assertIn("anju.registry.v1.HouseholdEvents.TransferMember", [entry["method"] for entry in entries])
            by_id.append([(entry["service"], entry["id"]) for entry in entries])
        self.assertEqual(*by_id)
        # Who stayed is asked for their household alone; each service answers by itself too, and asks the registry.
        stayed = self.anju.ctl(self.auditor, "audit", "list", "--kind", "read", "--person", ids["h10"] + ":1")["entries"]
        self.assertEqual([[ids["h10"]]], [entry["record_ids"] for entry in stayed])
        for service in SERVICES:
            query = urllib.parse.urlencode({"division": COUNTY, "person_id": ids["h10"] + ":2"})
            status, answer = self.http(f"/v1/audit/entries?{query}", self.auditor, x_anju_service=service)
            self.assertEqual(200, status, answer)
            self.assertEqual([entry for entry in by_id[0] if entry[0] == service],
                             [(entry["service"], entry["id"]) for entry in answer.get("entries", []) if entry.get("role") == "officer"])

    def test_attempts_at_what_is_anothers_are_kept(self):
        stranger = self.anju.new_token("officer", "360731")
        household = self.household()
        for _ in range(3):
            status, answer = self.http(f"/v1/households/{household}", stranger)
            self.assertEqual((403, "OUTSIDE_SCOPE"), (status, reason(answer)))
        status, answer = self.http(f"/v1/households?division={COUNTY}", stranger)
        self.assertEqual((403, "OUTSIDE_SCOPE"), (status, reason(answer)))
        collector = self.anju.new_token("collector", COUNTY)
        status, answer = self.http(f"/v1/households/{household}", collector, x_anju_purpose=PURPOSE.encode().decode("latin-1"))
        self.assertEqual((403, "UNMASKING_NOT_ALLOWED"), (status, reason(answer)))
        wanted = {("GetHousehold", "OUTSIDE_SCOPE", "360731"), ("ListHouseholds", "OUTSIDE_SCOPE", COUNTY),
                  ("GetHousehold", "UNMASKING_NOT_ALLOWED", COUNTY)}
        for _ in range(100):
            entries = self.anju.ctl(self.auditor, "audit", "list", "--service", "registry", "--kind", "refused")["entries"]
            found = {(entry["method"].rsplit(".", 1)[1], entry["purpose"], entry["division"]) for entry in entries}
            if wanted <= found:
                break
            time.sleep(0.1)
        self.assertLessEqual(wanted, found)
        self.assertEqual(0, self.verify()[0])

    def test_no_answer_of_any_method_holds_personal_data(self):
        """Every method of every contract is asked by who may, for a household whose member is known here, and with no
        purpose. Whatever is answered holds neither the name, nor the ID number, nor the birth date."""
        contracts = Contracts(PROTOSET)
        household = self.household()
        # Somebody has written down what stands in the household anyway, and how to reach them.
        words = f"{NAME}（{ID_NUMBER}）已达标，电话{PHONE}，卡{CARD}"
        self.anju.ctl(self.officer, "call", "anju.registry.v1.HouseholdEvents/ExitPoverty", json.dumps(
            {"id": household, "happened_on": "2018-06-01", "reason": words, "request_id": "words"}), check=False)
        listed = self.anju.ctl(self.officer, "call", "anju.registry.v1.HouseholdEvents/ListHouseholdEvents", json.dumps({"id": household}))
        self.assertEqual("韦**（45**************10）已达标，电话138****5678，卡62***************23", listed["events"][-1]["reason"])
        known = {"id": household, "household_id": household, "household": household, "person_no": "1", "month": "2018-10",
                 "from_month": "2018-10", "to_month": "2018-10", "on": "2018-10-31", "day": "2018-10-31", "query": "h1",
                 "name": NAME, "id_number": ID_NUMBER, "born_on": BORN, "reason": "核对名单", "list_id": household}
        tokens = {}
        asked = answered = 0
        for service, method, request, roles in contracts.methods:
            name = f"{service}/{method}"
            if service in CLOSED or name in contracts.streams:
                continue
            body = {"request_id": "walk"}
            for field in contracts.messages.get(request, []):
                label = text(field, 1)
                if fields(field.get(8, [b""])[0]).get(SCOPE, [0])[0]:
                    body[label] = [COUNTY] if field[4][0] == REPEATED else COUNTY
                elif label in known and field[5][0] == STRING and field[4][0] != REPEATED:
                    body[label] = known[label]
            names = {text(field, 1) for field in contracts.messages.get(request, [])}
            role = sorted(roles - {"service"})[-1] if roles - {"service"} else "service"
            if role not in tokens:
                tokens[role] = self.anju.new_token(role, COUNTY if role != "service" else "*")
            words = ["call", name, json.dumps({key: value for key, value in body.items() if key in names})]
            words += ["--service", "registry"] if service in contracts.shared else []
            done = self.anju.ctl(tokens[role], *words, check=False)
            asked += 1
            answered += done.returncode == 0 and contracts.answers[name] in contracts.personal
            with self.subTest(method=name):
                for personal in (NAME, ID_NUMBER, BORN, PHONE, CARD):
                    self.assertNotIn(personal, done.stdout + done.stderr)
        self.assertGreater(asked, 100)
        # Those that would answer it if they might: households, lists of them, files.
        self.assertGreaterEqual(answered, 4)

    def test_who_may_see_personal_data_is_said_by_few_methods(self):
        contracts = Contracts(PROTOSET)
        self.assertGreaterEqual(len(contracts.unmasked), 6)
        for name, roles in contracts.unmasked.items():
            with self.subTest(method=name):
                self.assertRegex(name, r"/(Get|List|Read)")
                self.assertLessEqual(roles, {"officer", "approver", "auditor"})
                self.assertIn(contracts.answers[name], contracts.personal)


if __name__ == "__main__":
    unittest.main(verbosity=2)
