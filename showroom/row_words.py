"""What is wrong with a row of a product list, in Chinese: the sentences of assets.listings and its helpers, by their form."""

from __future__ import annotations

# The sentence as it is raised, a group for each value, and the Chinese with those values in their places.
FORMS: tuple[tuple[str, str], ...] = (
    (r"the sku (.+) stands in line (\d+), too", "SKU {0} 在第 {1} 行已经出现过"),
    (r"the sku is missing", "缺少 SKU"),
    (r"the sku may hold letters, digits, '_', '-', '.' and ':'", "SKU 只能包含字母、数字、“_”“-”“.”和“:”"),
    (r"it has no name", "没有名称"),
    (r"the model (.+) must be a file name without folders", "模型 {0} 必须是不带文件夹的文件名"),
    (r"(.+: )?(.+) is no language tag such as 'en' or 'zh'", "{0}{1} 不是语言标签；例如 en 或 zh"),
    (r"(.+) has (\d+) characters; at most (\d+) are taken", "{0} 有 {1} 个字符，最多 {2} 个"),
    (r"the price is missing", "缺少价格"),
    (r"the price (.+) is not a number; write 49\.90", "价格 {0} 不是数字；请写成 49.90"),
    (r"the price (.+) has no currency; write 49\.90 EUR", "价格 {0} 没有货币；请写成 49.90 EUR"),
    (r"the stock (.+) is not a whole number", "库存 {0} 不是整数"),
    (r"the length (.+) is not understood; write 20 cm", "看不懂长度 {0}；请写成 20 cm"),
    (r"the length (.+) is not between 0 and 100 m", "长度 {0} 不在 0 到 100 米之间"),
    (r"width, height and depth must be given together", "宽、高、深必须一起给出"),
    (r"(.+): (.+) is no region; write two capitals such as checkout_url_DE",
     "{0}：{1} 不是地区代码；请写两个大写字母，例如 checkout_url_DE"),
    (r"the (.+) (.+) must begin with https:// or /", "{0} {1} 必须以 https:// 或 / 开头"),
    (r"(.+): at most (\d+) points of (\d+) characters are taken", "{0}：最多 {1} 条卖点，每条最多 {2} 个字符"),
    (r"(.+): (.+) is no kind of evidence; there are (.+)", "{0}：没有 {1} 这种证据；可用的有 {2}"),
    (r"(.+): write title \| text \| source, without a source it is no evidence",
     "{0}：请写成 标题 | 内容 | 来源；没有来源就不是证据"),
    (r"(.+): the stars are (.+); write 1 to 5", "{0}：星级是 {1}；请写 1 到 5"),
    (r"(.+) is no date; write one such as 2027-03-31", "{0} 不是日期；请写成 2027-03-31 的样子"),
    (r"(\d+) cells for (\d+) columns; quote text with commas", "有 {0} 个单元格，但只有 {1} 列；带逗号的文字请加引号"),
)

