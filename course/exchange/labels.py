"""The words printed on records, in the six languages of the United Nations, and the figures.

They are not words of the interface and so are not in its catalogues: a sheet is bilingual
whatever language the registrar works in, and a printed form changes only on purpose. Sentences
use nouns of action, which address a man and a woman alike.
"""

from __future__ import annotations

from collections.abc import Mapping

RIGHT_TO_LEFT = {"ar", "fa", "ur", "ps", "he", "ckb", "ug", "sd"}
"""Languages of names that run from right to left; labels are in Arabic alone of these."""

KEYS = (
    "completion", "achievement", "completed", "passed", "recorded",
    "manual", "minutes", "modules", "cases", "examination", "examined", "attendance", "period",
    "law", "issued", "clock", "valid_until", "waived", "supersedes", "number",
    "check", "key", "page", "transcript", "points", "reason", "by",
    "revoked", "superseded",
)

_TEXTS = {
    "en": (
        "Record of completion", "Record of achievement",
        "This record certifies the completion of the manual “{title}”.",
        "This record certifies that the final examination of the manual “{title}” was passed.",
        "The facts below are recorded and signed.",
        "Manual and edition", "Length of the course", "Modules completed",
        "Case studies completed", "Final examination", "Date of the examination", "Attendance",
        "From, to", "National law used", "Issued", "Date in doubt: latest known", "Valid until",
        "Requirements waived", "Replaces record", "Record number",
        "Anyone can check this record without the internet: open Fourth P, choose “Check a "
        "record”, and scan the square or type the code. Compare every line.",
        "Academy key", "Page {page} of {pages}", "Transcript", "Points", "Reason", "Decided by",
        "REVOKED", "REPLACED"),
    "fr": (
        "Attestation de fin de formation", "Attestation de réussite",
        "La présente attestation certifie l’achèvement du manuel « {title} ».",
        "La présente attestation certifie la réussite à l’examen final du manuel « {title} ».",
        "Les données ci-dessous sont enregistrées et signées.",
        "Manuel et édition", "Durée de la formation", "Modules achevés", "Études de cas achevées",
        "Examen final", "Date de l’examen", "Présence", "Du, au", "Droit national appliqué",
        "Délivrée le", "Date incertaine : dernière connue", "Valable jusqu’au",
        "Conditions levées", "Remplace l’attestation", "Numéro d’attestation",
        "Chacun peut vérifier cette attestation sans internet : ouvrir Fourth P, choisir "
        "« Vérifier une attestation », scanner le carré ou saisir le code. Comparer chaque ligne.",
        "Clé de l’académie", "Page {page} sur {pages}", "Relevé de notes", "Points", "Motif",
        "Décision de", "RÉVOQUÉE", "REMPLACÉE"),
    "es": (
        "Constancia de finalización", "Constancia de aprovechamiento",
        "La presente constancia certifica la finalización del manual «{title}».",
        "La presente constancia certifica la aprobación del examen final del manual «{title}».",
        "Los datos que figuran a continuación están registrados y firmados.",
        "Manual y edición", "Duración del curso", "Módulos completados",
        "Estudios de casos completados", "Examen final", "Fecha del examen", "Asistencia",
        "Desde, hasta", "Derecho nacional aplicado", "Expedida", "Fecha dudosa: última conocida",
        "Válida hasta", "Requisitos dispensados", "Sustituye a la constancia",
        "Número de constancia",
        "Cualquier persona puede verificar esta constancia sin internet: abrir Fourth P, elegir "
        "«Verificar una constancia» y escanear el cuadro o escribir el código. Comparar cada "
        "línea.",
        "Clave de la academia", "Página {page} de {pages}", "Expediente", "Puntos", "Motivo",
        "Decisión de", "REVOCADA", "SUSTITUIDA"),
    "ar": (
        "سجلّ إتمام", "سجلّ إنجاز",
        "يشهد هذا السجلّ بإتمام الدليل «{title}».",
        "يشهد هذا السجلّ باجتياز الامتحان النهائي للدليل «{title}».",
        "البيانات أدناه مسجّلة وموقّعة.",
        "الدليل والإصدار", "مدّة الدورة", "الوحدات المنجزة", "دراسات الحالة المنجزة",
        "الامتحان النهائي", "تاريخ الامتحان", "الحضور", "من، إلى", "القانون الوطني المستعمل",
        "تاريخ الإصدار", "تاريخ غير مؤكّد: آخر تاريخ معروف", "صالح حتى",
        "شروط أُعفي منها", "يحلّ محلّ السجلّ", "رقم السجلّ",
        "يمكن لأيّ شخص التحقّق من هذا السجلّ بلا إنترنت: فتح Fourth P واختيار «التحقّق من سجلّ» "
        "ثم مسح المربّع أو كتابة الرمز، ومقارنة كلّ سطر.",
        "مفتاح الأكاديمية", "صفحة {page} من {pages}", "كشف النتائج", "النقاط", "السبب",
        "بقرار من", "ملغى", "مستبدل"),
    "ru": (
        "Свидетельство о прохождении курса", "Свидетельство об успешной сдаче экзамена",
        "Настоящим удостоверяется прохождение курса по руководству «{title}».",
        "Настоящим удостоверяется успешная сдача итогового экзамена по руководству «{title}».",
        "Приведённые ниже сведения зарегистрированы и подписаны.",
        "Руководство и издание", "Продолжительность курса", "Пройденные модули",
        "Выполненные практические задания", "Итоговый экзамен", "Дата экзамена", "Посещаемость",
        "С, по", "Применённое национальное право", "Дата выдачи",
        "Дата под сомнением: последняя известная", "Действительно до",
        "Снятые требования", "Взамен свидетельства", "Номер свидетельства",
        "Проверить свидетельство может каждый без интернета: открыть Fourth P, выбрать "
        "«Проверить свидетельство», отсканировать квадрат или ввести код. Сверить каждую строку.",
        "Ключ академии", "Страница {page} из {pages}", "Ведомость результатов", "Баллы",
        "Причина", "Решение принято", "ОТОЗВАНО", "ЗАМЕНЕНО"),
    "zh": (
        "结业证明", "成绩合格证明",
        "兹证明已完成《{title}》手册的学习。",
        "兹证明已通过《{title}》手册的结业考试。",
        "以下各项均已登记并签名。",
        "手册及版本", "课程时长", "完成的单元", "完成的案例研究", "结业考试", "考试日期", "出勤",
        "起止日期", "所用国内法", "签发日期", "日期存疑：已知最晚日期", "有效期至",
        "免除的要求", "取代证明", "证明编号",
        "任何人均可离线核验本证明：打开 Fourth P，选择“核验证明”，扫描方形码或输入代码，"
        "并逐行核对。",
        "学院密钥", "第 {page} 页，共 {pages} 页", "成绩单", "得分", "理由", "决定人",
        "已撤销", "已被取代"),
}

LABELS: Mapping[str, Mapping[str, str]] = {
    language: dict(zip(KEYS, texts, strict=True)) for language, texts in _TEXTS.items()}


def is_right_to_left(language: str) -> bool:
    return language.partition("-")[0] in RIGHT_TO_LEFT


def hours(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02} h"


def percent(permille: int) -> str:
    """Never rounded up: 79.9 is not 80."""
    whole, tenth = divmod(permille, 10)
    return f"{whole}.{tenth} %" if tenth else f"{whole} %"


def attended(done: int, of: int) -> str:
    """Hours attended, and of how many where the academy asks for some."""
    return f"{hours(done)} (≥ {hours(of)})" if of else hours(done)
