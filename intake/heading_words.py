"""Which words name a column in the annexes that offices write?

Best fit first. Agencies and dates come before tasks: "Cơ quan chủ trì nhiệm vụ" is an
agency. Matched against whole headings in small letters without signs or brackets.
"""

from __future__ import annotations

import re

MAX_HEADING = 80

_WHO = r"(?:cơ quan|đơn vị|tổ chức|bộ phận|địa phương|phòng|ban|các sở|sở|ngành|người (?:và |hoặc )?đơn vị)"
_PERSON = r"(?:người|cá nhân|cán bộ|chuyên viên|thành viên)"
_DOES = r"(?:tham mưu|thực hiện|được giao|chịu trách nhiệm|đầu mối|soạn thảo|xây dựng|triển khai|phụ trách)"
_WHEN = r"(?:thời gian|thời điểm|tiến độ|lộ trình|ngày)"
_AIM = (
    r"(?:hoàn thành|thực hiện|trình|ban hành|báo cáo|triển khai|tổ chức|kết thúc|gửi|yêu cầu|xử lý|"
    r"dự kiến|đề xuất)"
)
_UP_TO_FOUR = r"(?: \w+){0,4}"

# Columns that tables often have and no task needs; they are never taken for another.
UNREAD = re.compile(
    r".*\b(?:lãnh đạo|đồng chí|đ c|thường trực)\b.*|(?:phó )?chủ tịch.*|"
    r"(?:người|cán bộ|chuyên viên) theo dõi.*|"
    r".*\bkinh phí\b.*|.*nguồn vốn.*|dự toán.*|.*gia hạn.*|.*quá hạn.*|.*chậm muộn.*|"
    r"căn cứ.*|cơ sở pháp lý.*|văn bản (?:giao|chỉ đạo|căn cứ).*|nguồn giao.*|"
    r"thời (?:hạn|gian) (?:bảo quản|hiệu lực|bảo hành|sử dụng|lưu trữ|hưởng|họp|giao).*|"
    rf"(?:{_WHEN} )?(?:bắt đầu|khởi công|khởi động|giao)(?! .*(?:kết thúc|hoàn thành))(?: .*)?|"
    rf"(?:{_WHEN} )?từ(?: ngày| tháng)?|"
    r"ngày (?:giao|ban hành|văn bản|ký|tháng|nhận|họp).*|số ngày.*|"
    r"đơn vị tính|đvt|đơn vị đo|số lượng|khối lượng|tỷ lệ.*|mức độ ưu tiên|địa điểm"
)

# A table of sums is no list of tasks where another one names agencies.
MONEY = re.compile(r"\b(?:kinh phí|nguồn vốn|dự toán|thành tiền|đơn giá|số tiền)\b")

# A deadline that somebody has proposed or expects; a decided one beside it counts.
PROPOSAL = re.compile(r"\b(?:đề xuất|đề nghị|dự kiến|đăng ký|kiến nghị)\b")

# Names both when work is due and how far it is; the other columns and the cells decide.
PROGRESS = re.compile(r"tiến độ(?: (?:thực hiện|hoàn thành|triển khai|công việc|xử lý))?(?: \(.*\))?")

_FORMS: tuple[tuple[str, str], ...] = (
    ("number", r"(s ?t ?t|t ?t|số tt|số thứ tự|thứ tự|số|mã số|mã nhiệm vụ|giai đoạn|mục|no)"),
    ("note", r".*ghi chú.*|.*chú thích.*|lưu ý"),
    ("done_on", r"ngày (đã )?hoàn thành( thực tế| nhiệm vụ)?|ngày đã kết thúc"),
    ("done_on", rf"{_WHEN} .*(thực tế|đã hoàn thành|đã thực hiện).*"),
    ("done_on", r"(thực tế hoàn thành|hoàn thành thực tế)( ngày)?"),
    (
        "done_on",
        rf"(kết quả|tình hình|thực tế)( thực hiện| xử lý)? {_WHEN} (hoàn thành|thực hiện|kết thúc)",
    ),
    ("state", r"(tình trạng|trạng thái|tình hình)( .*)?|đã hoàn thành|mức độ hoàn thành"),
    ("state", r"kết quả (đã )?(thực hiện|xử lý|triển khai|hoàn thành|đạt được|giải quyết)( .*)?"),
    ("state", r"tiến độ (đã )?(thực hiện|xử lý|triển khai|hoàn thành) .*(đến|tính|tại|thời điểm).*"),
    ("text", r"(nội dung|nhiệm vụ|công việc)( \w+)? phối hợp( .*)?"),
    ("lead", r".*chủ trì.*"),
    ("lead", rf"{_WHO}.*{_DOES}( và)? phối hợp.*"),
    ("supporting", r".*phối hợp.*|(đơn vị|cơ quan|thành phần) (tham gia|liên quan|hỗ trợ)( .*)?"),
    ("lead", rf"{_WHO}.*{_DOES}.*"),
    (
        "lead",
        r"(phân công|đầu mối|(phân công |chịu )?trách nhiệm|tổ chức|phụ trách|giao|"
        r"(các )?(cơ quan|đơn vị)( đơn vị)?( địa phương)?)( thực hiện| chính| nhiệm vụ)?",
    ),
    ("lead", r"(cơ quan|đơn vị|sở|phòng) .*(tham mưu|soạn thảo|trình|giải quyết|xử lý)|tham mưu( .*)?"),
    ("lead", rf"{_PERSON}.*{_DOES}.*"),
    ("deadline", r"(thời )?hạn( định)?( hoàn thành| thực hiện)?|thời điểm hoàn thành|ngày đến hạn"),
    ("deadline", r"ngày (phải|cần|dự kiến) hoàn thành|ngày hoàn thành (dự kiến|đề xuất)|ngày hết hạn"),
    ("deadline", r"(thời )?hạn .*|(\w+ ){0,2}(thời hạn|hạn chót|hạn cuối)( .*)?"),
    ("deadline", r".*mốc thời gian.*|mốc (hoàn thành|thực hiện)"),
    ("deadline", r"thời gian( hoàn thành| thực hiện)?"),
    ("deadline", rf"{_WHEN} (và |hoặc )?(thời gian|tiến độ|lộ trình|thời hạn)( {_AIM})?"),
    ("deadline", rf"(thời gian|tiến độ) {_AIM}.*"),
    ("deadline", rf"(thời gian|tiến độ|lộ trình|thời điểm){_UP_TO_FOUR} {_AIM}( .*)?"),
    ("deadline", rf"({_WHEN} )?(bắt đầu (và |đến )?)?(kết thúc|đến ngày)|hoàn thành trước( ngày| tháng)?"),
    ("deadline", rf"{_WHEN} đến|(tiến độ|lộ trình)( {_AIM})?"),
    ("deadline", r"(năm|quý|tháng) (hoàn thành|thực hiện|trình|ban hành)"),
    (
        "deadline",
        rf"(dự kiến|đề xuất|đăng ký|kế hoạch|yêu cầu){_UP_TO_FOUR} "
        rf"(thời gian|thời hạn|tiến độ|hoàn thành)( {_AIM})?",
    ),
    ("expected", r".*(sản phẩm|đầu ra).*|hình thức văn bản|loại văn bản|mục tiêu cần đạt"),
    (
        "expected",
        r"(dự kiến |yêu cầu )?kết quả( dự kiến| cần đạt| phải đạt| đầu ra| mong đợi| công việc)?",
    ),
    ("text", r"(tên )?(nội dung|nhiệm vụ)( cụ thể| công việc| nhiệm vụ| thực hiện| chi tiết)?"),
    ("text", r"(?!nhóm |loại |lĩnh vực).*(nội dung|nhiệm vụ).*"),
    ("text", r"(tên |danh mục |các )?(công việc|văn bản|hoạt động|giải pháp|đầu việc)( .*)?"),
    ("text", r"(tên )?(đề án|chương trình|dự án|dự thảo)( .*)?"),
    ("text", r"tên (nghị quyết|báo cáo|kế hoạch|chuyên đề)( .*)?"),
    ("text", r"(tên |số )?(loại )?(và )?trích yếu( .*)?"),
    ("text", r"vấn đề|yêu cầu|kiến nghị|chỉ tiêu( .*)?|mục tiêu"),
)

PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple((field, re.compile(form)) for field, form in _FORMS)
