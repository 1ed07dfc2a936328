import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.titles import MAX_TITLE, short_title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Ban hành Chiến lược dữ liệu của tỉnh.", "Ban hành Chiến lược dữ liệu của tỉnh"),
        (
            "Rà soát, hoàn thiện thủ tục đất đai trên toàn tỉnh; đồng thời công bố danh mục dịch vụ công",
            "Rà soát, hoàn thiện thủ tục đất đai trên toàn tỉnh…",
        ),
        (
            "Tổ chức đào tạo kỹ năng số cho cán bộ, công chức, viên chức và người lao động ở mọi xã, phường",
            "Tổ chức đào tạo kỹ năng số cho cán bộ, công chức, viên chức và người lao động ở mọi xã…",
        ),
        (
            "Xây dựng nền tảng quản trị dữ liệu dùng chung toàn tỉnh phục vụ chỉ đạo điều hành của các "
            "cấp lãnh đạo",
            "Xây dựng nền tảng quản trị dữ liệu dùng chung toàn tỉnh phục vụ chỉ đạo điều hành…",
        ),
    ],
)
def test_a_title_ends_where_a_reader_would_pause(text, title):
    assert short_title(text) == title


@given(st.text(alphabet="aăâđêô ,;.(-", max_size=300))
def test_a_title_is_short_ends_cleanly_and_says_when_it_was_cut(text):
    title = short_title(text)

    assert len(title) <= MAX_TITLE
    assert not title.rstrip("…").endswith((",", ";", " "))
    assert title.endswith("…") or title in " ".join(text.split())
