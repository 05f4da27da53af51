"""What the check says, by code: templates that Babel extracts and gettext fills.

Each says what is wrong with names and numbers; the entry in the authors' manual
(`course check --codes`) says why it matters and how to mend it.
"""

from __future__ import annotations

from collections.abc import Mapping


def N_(template: str) -> str:
    """Marks a template for translation and leaves it as it is."""
    return template


MESSAGES: Mapping[str, str] = {
    "F01": N_("The file cannot be opened: %(reason)s."),
    "F02": N_("The file is not in UTF-8. Save it again with that encoding."),
    "F03": N_("A character that no keyboard writes, such as NUL. Type the line again."),
    "F04": N_("The file has %(bytes)s bytes, more than any lesson (%(most)s). It was not read."),
    "F05": N_("Not valid YAML: %(reason)s."),
    "F06": N_("There is no header. Begin the file with a line ---."),
    "F07": N_("The header has no end. Put a line --- after its last key."),
    "F08": N_("Nothing leads here: add it to %(index)s."),
    "F09": N_("The manual has no contents: write %(index)s."),
    "F10": N_("No module or case asks the questions of this pool."),
    "H01": N_("The key “%(key)s” means nothing here. Nearest: %(nearest)s."),
    "H02": N_("The key “%(key)s” stands here for the second time. The first counts."),
    "H03": N_("“%(key)s” is nested deeper than any key of the course."),
    "H04": N_("There is no title."),
    "H05": N_("“%(value)s” is no value for “%(key)s”. Write it like this: %(like)s."),
    "H06": N_("“%(key)s” has the wrong shape. Write it like this: %(like)s."),
    "H07": N_("Put the value of “%(key)s” in quotes: \"%(value)s\"."),
    "H08": N_("“%(value)s” cannot be required. Nearest: %(nearest)s."),
    "H09": N_("The objective “%(key)s” needs a name of small letters, digits and hyphens, and a "
              "text."),
    "M01": N_("This looks like a block and is none, so it is not shown: %(text)s"),
    "M02": N_("There is no block “%(kind)s”, so it is not shown. Nearest: %(nearest)s."),
    "M03": N_("A block inside a block is not shown: %(text)s"),
    "M04": N_("This line belongs to the block above but is not indented by four spaces."),
    "M05": N_("The block lacks a part. Write it like this: %(like)s"),
    "M06": N_("The block “%(kind)s” does not take the word “%(what)s”."),
    "M07": N_("The block “%(kind)s” does not take a title."),
    "M08": N_("The block “%(kind)s” has no text and is not shown."),
    "M09": N_("The block “%(kind)s” takes no text; this is not shown."),
    "M10": N_("The section “%(title)s” has no address. Add {#…} to its heading."),
    "M11": N_("The address “%(address)s” has other than small letters, digits and hyphens."),
    "M12": N_("The address “%(address)s” stands in line %(first)s already."),
    "M13": N_("The announcement of “%(section)s” comes after its text has begun."),
    "M14": N_("HTML is shown as text: %(text)s"),
    "M15": N_("There should be one job aid, at the end; there are %(count)s, or it comes earlier."),
    "M16": N_("The section “%(section)s” has no note for the trainer."),
    "M17": N_("The note for the trainer does not say how many minutes it takes."),
    "M18": N_("Questions in place: %(count)s. A module has at least %(least)s."),
    "M19": N_("There is no law box."),
    "M20": N_("There is no question for the room."),
    "M21": N_("There is no place for national law."),
    "Q01": N_("The question has no id and is not asked: %(prompt)s"),
    "Q02": N_("The id “%(id)s” stands in line %(first)s already. This question is not asked."),
    "Q03": N_("“%(word)s” means nothing in a question's heading. Nearest: %(nearest)s."),
    "Q04": N_("This text stands before the first question and is not shown: %(text)s"),
    "Q05": N_("The question offers nothing to answer and is not asked."),
    "Q06": N_("The question mixes kinds of answer (%(kinds)s) and is not asked."),
    "Q07": N_("This line is neither an answer nor feedback, and is not shown: %(text)s"),
    "Q08": N_("The heading of “%(id)s” asks nothing, so the question is not asked."),
    "Q09": N_("A choice of “%(id)s” has no text, so the question is not asked."),
    "Q10": N_("Two choices of “%(id)s” are the same, so the question is not asked."),
    "Q11": N_("“%(id)s” offers only one choice, so it is not asked."),
    "Q12": N_("“%(id)s” needs exactly one right choice, so it is not asked."),
    "Q13": N_("“%(id)s” has no right choice, so it is not asked."),
    "Q14": N_("No number can be right in “%(id)s”, so it is not asked."),
    "Q15": N_("“%(id)s” has more than one line for its number, so it is not asked."),
    "Q16": N_("“%(id)s” has no rubric, so it is not asked."),
    "Q17": N_("A wrong choice of “%(id)s” does not say why it is wrong."),
    "Q18": N_("The feedback of a wrong choice of “%(id)s” does not say where to read."),
    "Q19": N_("“%(id)s” names no similar question."),
    "Q20": N_("“%(id)s” names “%(similar)s” as similar; this pool has no other question of that "
              "id. Nearest: %(nearest)s."),
    "Q21": N_("The module has no objective “%(objective)s”, which “%(id)s” names. Nearest: "
              "%(nearest)s."),
    "Q22": N_("“%(id)s” tests no objective."),
    "Q23": N_("Questions for the objective “%(objective)s”: %(count)s. Write at least %(least)s."),
    "Q24": N_("The pool has no question “%(id)s”. Nearest: %(nearest)s."),
    "Q25": N_("“%(id)s” is asked in line %(first)s already."),
    "Q26": N_("There is no pool %(pool)s."),
    "Q27": N_("“%(id)s” is a free text, which no quiz draws, and it is not asked in place."),
    "Q28": N_("The quiz draws %(draw)s questions and can choose from %(left)s only."),
    "Q29": N_("There are %(critical)s critical questions, but the quiz draws %(draw)s."),
    "Q30": N_("The pool has %(count)s questions to draw from. It needs at least %(least)s."),
    "Q31": N_("There is no misconception “%(myth)s”. Nearest: %(nearest)s."),
    "Q32": N_("No feedback names the misconception “%(myth)s”."),
    "Q33": N_("The longest choice is right in %(percent)s%% of %(of)s questions; blind choice "
              "gives %(chance)s%%."),
    "Q34": N_("The most careful choice is right in %(percent)s%% of %(of)s questions; blind "
              "choice gives %(chance)s%%."),
    "Q35": N_("Choice %(place)s in the file is right in %(percent)s%% of %(of)s questions; blind "
              "choice gives %(chance)s%%."),
    "Q36": N_("“%(objective)s”, %(kind)s, is not asked as often here as in %(other)s."),
    "L01": N_("There is no file for %(href)s. Nearest: %(nearest)s."),
    "L02": N_("The file has no such address: %(href)s. Nearest: %(nearest)s."),
    "L03": N_("The link leads out of the course: %(href)s"),
    "L04": N_("The link to %(href)s has no words."),
    "L05": N_("%(href)s is no page that learners can open."),
    "G01": N_("Nothing links to the term “%(id)s”."),
    "G02": N_("The glossary has no term “%(id)s”. Nearest: %(nearest)s."),
    "G03": N_("This line is neither a term nor its definition: %(text)s"),
    "P01": N_("There is no drawing %(href)s. Nearest: %(nearest)s."),
    "P02": N_("The image %(href)s has no alternative text."),
    "P03": N_("The image %(href)s has no caption."),
    "P04": N_("The image stands inside a text. Give it a paragraph of its own."),
    "P05": N_("The drawing cannot be read: %(reason)s."),
    "P06": N_("The drawing has a document type and is not shown."),
    "P07": N_("The drawing has no viewBox and is not shown."),
    "P08": N_("The element “%(element)s” is not put into the page."),
    "P09": N_("The attribute %(attribute)s=\"%(value)s\" of “%(element)s” is not put into the "
              "page."),
    "P10": N_("A text of a drawing is one {label} and nothing else; this is left out: %(text)s"),
    "P11": N_("There are no words for the label “%(label)s”. Nearest: %(nearest)s."),
    "P12": N_("No drawing shows the label “%(label)s”."),
    "P13": N_("There is no narrow drawing for phones."),
    "P14": N_("The drawing is %(width)s wide instead of %(right)s."),
    "P15": N_("The drawing has %(count)s words; %(most)s are enough."),
    "P16": N_("No module uses the picture."),
    "T01": N_("There is no original %(original)s. Nearest: %(nearest)s."),
    "T02": N_("The original of “%(key)s” has changed since it was translated."),
    "T03": N_("It is not recorded which text these were translated from: %(keys)s."),
    "T04": N_("“%(key)s” is not translated."),
    "T05": N_("The original has no “%(key)s”, so it is not shown. Nearest: %(nearest)s."),
    "T06": N_("The blocks of “%(key)s” differ. Original: %(original)s. Here: %(found)s."),
    "T07": N_("“%(id)s” is of another kind than its original, or offers more or less."),
    "T08": N_("“%(id)s” marks other choices as right than its original."),
    "T09": N_("Places for national law differ from the original: %(slots)s."),
    "T10": N_("The address “%(address)s” of the original is missing."),
    "T11": N_("The words of the drawing differ from the original's list: %(labels)s."),
    "T12": N_("Is it reviewed? Write “draft” or “reviewed by …” as its status, not “%(value)s”."),
    "T13": N_("There is no translation into %(locale)s, though its manual is begun."),
    "N01": N_("The course has no slot “%(slot)s”. Nearest: %(nearest)s."),
    "N02": N_("The slot “%(slot)s” is empty. Used in: %(used)s."),
    "N03": N_("This is a second country's file; only %(first)s is used."),
    "N04": N_("This is no place for national law: %(text)s"),
    "W01": N_("The module has %(words)s words; it should have %(least)s to %(most)s."),
    "W02": N_("The sentences of “%(section)s” have %(average)s words on average; %(most)s are "
              "enough."),
    "W03": N_("A sentence of %(words)s words, more than %(most)s: %(begins)s"),
    "W04": N_("This sentence stands in %(other)s too: %(begins)s"),
}


def in_english(code: str, values: Mapping[str, object]) -> str:
    """The sentence as it is written here, for where nobody translates."""
    return MESSAGES[code] % values
