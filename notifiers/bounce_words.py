"""By which words are bounces, delays, answering machines and challenges known, in both languages?"""

from __future__ import annotations

import re

ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,253}\w", re.ASCII)
NAMED = re.compile(r"<([\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,253}\w)>:?", re.ASCII)
RETURNED = re.compile(
    r"^[\s>]*(-{2,}[^\n]{0,60}(original|copy of the message|returned message|headers|thư gốc|nội dung gốc)|"
    r"Return-Path:|Received:|Message-ID:)",
    re.I | re.M,
)
SERVERS = re.compile(
    r"mailer[-_. ]?daemon|postmaster|mail\s*delivery|mail\s+administrator|mdaemon|mmdf@|uucp@"
)
FAILED = re.compile(
    r"undeliver(able|ed)|returned\s+mail|failure\s+notice|delivery\s+(has\s+)?fail|delivery\s+failure|"
    r"mail\s+delivery\s+failed|could\s+not\s+be\s+delivered|couldn'?t\s+be\s+delivered|wasn'?t\s+delivered|"
    r"not\s+delivered|permanent(ly)?\s+(error|fail|reject)|user\s+unknown|returning\s+message\s+to\s+sender|"
    r"(không|chưa)\s+(thể\s+)?(gửi|chuyển|phân\s+phát)\s+(được|thư)|thư\s+(bị\s+)?trả\s+lại|gửi\s+thư\s+thất\s+bại",
    re.I,
)
DELAYED = re.compile(
    r"delay(ed)?\b|will\s+(continue\s+to|be)\s+(try|retri)|still\s+(be\s+)?(trying|retr)|"
    r"warning:\s+message|(sẽ|đang|còn)\s+(tiếp\s+tục\s+)?thử\s+(gửi\s+)?lại|bị\s+trì\s+hoãn|chậm\s+trễ|không\s+cần\s+gửi\s+lại",
    re.I,
)
AWAY = re.compile(
    r"out\s+of\s+(the\s+)?office|auto(matic|mated)?[\s:-]*(reply|response|antwort)|autoreply|on\s+(annual\s+)?leave|"
    r"vacation|away\s+from|vắng\s+mặt|nghỉ\s+phép|trả\s+lời\s+tự\s+động|phản\s+hồi\s+tự\s+động|thư\s+tự\s+động|đi\s+công\s+tác",
    re.I,
)
CHALLENGE = re.compile(
    r"(confirm|verify|validate)\s+(that\s+)?(you\s+(are|sent)|your\s+(message|e-?mail|identity|address))|"
    r"(message|sender|mail)\s+(needs\s+|requires\s+)?(verification|confirmation|authorization)\s*(required|request)?|"
    r"please\s+(confirm|verify)\s+.{0,40}(message|mail|sender)|xác\s+(minh|nhận|thực)\s+(người|địa\s+chỉ)\s+gửi",
    re.I,
)
AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "X-Vacation",
                      "X-POST-MessageClass")  # fmt: skip
CHALLENGE_HEADERS = ("X-Boxtrapper", "X-Challenge", "X-TMDA-Confirm", "X-ASK-Auth")
