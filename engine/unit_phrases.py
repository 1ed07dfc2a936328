"""Which words in a cell of agency names name nobody, and are understood all the same?

A clerk writes who leads, in whose name, within which duties. Such phrases separate the
names and change nothing; the ones that narrow what stands before them lead to a question.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.unit_words import Token, WordIndex, keys_of

Keys = tuple[str, ...]


def phrases(*texts: str) -> tuple[Keys, ...]:
    """Return texts as the keys they are compared by, the longest first."""
    return tuple(sorted((keys_of(text) for text in texts), key=len, reverse=True))


def begins_with(keys: Keys, known: tuple[Keys, ...]) -> bool:
    """Whether one of the phrases opens `keys`."""
    return any(keys[: len(phrase)] == phrase for phrase in known)


def past(tokens: Sequence[Token], at: int, known: tuple[Keys, ...]) -> int:
    """Return where the first of the phrases ends that stands at token `at`, or `at`."""
    for phrase in known:
        if tuple(token.key for token in tokens[at : at + len(phrase)]) == phrase:
            return at + len(phrase)
    return at


def _index(*texts: str) -> WordIndex[str]:
    index: WordIndex[str] = WordIndex()
    for text in texts:
        index.add(keys_of(text), text)
    return index


_OFFICES = ("cơ quan", "đơn vị")
_DUTIES = ("chủ trì", "phối hợp", "thực hiện", "thường trực", "đầu mối", "tham mưu", "theo dõi", "báo cáo")

# What a unit does, before or after its name. "chủ trì" alone is a role as well as "là cơ quan chủ trì".
ROLES = _index(
    *_DUTIES,
    *(f"{office} {part}" for office in _OFFICES for part in _DUTIES),
    *(f"là {office} {part}" for office in _OFFICES for part in _DUTIES),
    *(f"các {office} {part}" for office in _OFFICES for part in ("phối hợp", "thực hiện")),
    *(f"cơ quan, đơn vị {part}" for part in _DUTIES),
    *("chủ trì thực hiện", "chủ trì tham mưu", "chủ trì, tham mưu", "chủ trì triển khai", "chủ trì chung"),
    *("tham mưu thực hiện", "cơ quan tham mưu thực hiện", "tổ chức thực hiện", "triển khai thực hiện"),
    *("chủ trì, phối hợp", "chủ trì, phối hợp với", "chủ trì phối hợp cùng", "chủ trì, phối hợp thực hiện"),
    *("phối hợp với", "phối hợp cùng", "phối hợp thực hiện", "cùng phối hợp", "cùng với", "cùng", "với"),
    *("đồng chủ trì", "cùng chủ trì", "làm đầu mối", "cơ quan đầu mối", "là đầu mối"),
    *("cơ quan thường trực Ban Chỉ đạo", "cơ quan thường trực BCĐ", "cơ quan thường trực BCĐ tỉnh"),
    *("tham mưu UBND tỉnh", "tham mưu Chủ tịch UBND tỉnh", "tham mưu trình UBND tỉnh", "trình UBND tỉnh"),
    *("chủ trì tham mưu UBND tỉnh", "chủ trì, tham mưu UBND tỉnh", "báo cáo UBND tỉnh", "giao"),
    *("chịu trách nhiệm", "tổng hợp", "chịu trách nhiệm chính"),
    *("theo chức năng, nhiệm vụ", "theo chức năng, nhiệm vụ được giao", "theo chức năng", "theo quy định"),
    *("theo nhiệm vụ được giao", "theo nhiệm vụ được phân công", "theo phân công", "theo thẩm quyền"),
    *("theo phân cấp", "theo phân cấp quản lý", "theo phân công, phân cấp", "theo phân cấp, ủy quyền"),
    *("theo phân công nhiệm vụ", "theo lĩnh vực phụ trách", "theo lĩnh vực được phân công", "theo lĩnh vực"),
    *("theo phạm vi quản lý", "theo lĩnh vực quản lý", "theo ngành, lĩnh vực phụ trách"),
    *("theo chức năng, nhiệm vụ, quyền hạn", "theo chức năng, thẩm quyền", "theo địa bàn quản lý"),
    *("theo chức năng nhiệm vụ được phân công", "theo địa bàn", "nêu trên", "đồng chí", "đ/c"),
)

# Parts of the unit before them; the unit itself owes the task.
BELONGINGS = _index(
    *("các đơn vị trực thuộc", "đơn vị trực thuộc", "các cơ quan, đơn vị trực thuộc", "các đơn vị thuộc sở"),
    *("các phòng, ban, đơn vị trực thuộc", "các phòng, đơn vị trực thuộc", "các phòng, đơn vị thuộc sở"),
    *("các cơ quan, đơn vị thuộc sở", "các phòng chuyên môn", "các phòng, ban chuyên môn", "các phòng, ban"),
    *("các phòng, đơn vị thuộc, trực thuộc", "các đơn vị thuộc, trực thuộc"),
    *("các đơn vị sự nghiệp trực thuộc", "các đơn vị sự nghiệp thuộc sở"),
    *("các phòng, ban trực thuộc", "các đơn vị thuộc và trực thuộc", "các đơn vị thuộc ngành"),
)

# "Sở Nội vụ (Phòng Cải cách hành chính)": a bracket that begins so names a part of what stands before it.
PARTS = phrases("phòng", "bộ phận", "trung tâm", "chi cục", "văn phòng", "đội", "tổ", "khoa")

# Two nouns of collectives that are another word together.
OTHER_WORDS = phrases("xã hội")

# The head is named and the unit is meant.
HEADS = phrases(
    *("Thủ trưởng", "Người đứng đầu", "Giám đốc", "Chủ tịch", "Lãnh đạo", "Chánh", "Cục trưởng", "Trưởng"),
    *("Chi cục trưởng", "Trưởng Ban", "Trưởng", "Chỉ huy trưởng", "Viện trưởng", "Chánh án", "Bí thư"),
    *("Hiệu trưởng", "Tổng Biên tập", "Thủ trưởng cơ quan", "Thủ trưởng đơn vị", "Thủ trưởng các đơn vị"),
    *("Ban Thường vụ", "Ban Thường trực", "Thường trực", "Ban Giám đốc", "Ban Lãnh đạo", "Ban Chấp hành"),
    *("Đồng chí Giám đốc", "Đồng chí Chủ tịch", "Đồng chí Thủ trưởng", "Tổng Giám đốc"),
)

# Some of the units before it, not said which.
SUBSETS = phrases(
    *("liên quan", "có liên quan", "khác có liên quan", "khác liên quan", "liên quan khác", "khác"),
    *("có liên quan khác", "có liên quan trên địa bàn tỉnh", "liên quan trên địa bàn tỉnh"),
)

# They leave open who is meant, wherever they stand.
DOUBTS = phrases("trừ", "hoặc", "không", "hay")

# It changes what stands before it: "trừ …", "thuộc tỉnh khác".
MODIFIERS = phrases("trừ", "ngoại trừ", "ngoài", "không gồm", "không bao gồm", "tỉnh", "thuộc", "của")

PROVINCE_TAILS = phrases("tỉnh Quảng Ngãi", "Quảng Ngãi", "tỉnh")
COMMUNE_TAILS = phrases("tỉnh Quảng Ngãi", ", tỉnh Quảng Ngãi")
COLLECTIVE_TAILS = phrases(
    *("trên địa bàn tỉnh Quảng Ngãi", "trên địa bàn tỉnh", "trên địa bàn", "trong toàn tỉnh", "toàn tỉnh"),
    *("của tỉnh", "thuộc tỉnh", "trong tỉnh", "thuộc UBND tỉnh", "tỉnh Quảng Ngãi", "tỉnh", "cấp tỉnh"),
    *("trực thuộc UBND tỉnh", "trực thuộc tỉnh", "ở tỉnh"),
)
