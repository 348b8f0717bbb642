"""Alarms and refusals in Chinese: the sentences of the show, by their form, with their values in their places.

A sentence is written where it is raised, in English; here is how the operator's page says it. A value may be a sentence itself
("not said: …"): it is put into Chinese, too, where its form is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from starlette.responses import JSONResponse

from showroom.row_words import FORMS as ROW_FORMS
from showroom.voice_words import FORMS as VOICE_FORMS

ALARMS: tuple[tuple[str, str], ...] = (
    (r"voice caption-only: (.+)", "声音：{0}"), (r"voice (.+?): (.+)", "声音 {0}：{1}"),
    (r"studio ended \((.+)\); the feeds show the slate", "演播室进程结束（{0}）；各推流显示待机画面"),
    (r"no voice speaks: captions only", "没有可用的声音：只有字幕"),
    (r"no picture: (.+); the broadcast shows the slate, browsers that walk see the show",
     "没有画面：{0}；推流显示待机画面，浏览器里走动的访客仍能看到节目"),
    (r"rehearsal: (.+)", "预先合成：{0}"),
    (r"(.+?);? until it is here, the show speaks with espeak\.", "{0}；在它到来之前，节目用 espeak 说话。"),
    (r"The voice (.+) is still being fetched", "声音 {0} 仍在下载"),
    (r"The voice (.+) is not ready: (.+)\.", "声音 {0} 尚未就绪：{1}"),
    (r"(\d+) writes of the state file failed \((.+)\); is its disk full\?",
     "状态文件有 {0} 次写入失败（{1}）；磁盘是不是满了？"),
    (r"not said: (.+)", "没有说出口：{0}"),
    (r"Utterance (.+) is not spoken: rule (.+?): (.+)", "{0} 没有说：规则 {1}：{2}"),
    (r"A price, measure or share is claimed without a passage that shows it\.",
     "说到了价格、尺寸或比例，却没有知识条目作依据。"),
    (r"recording stopped: (\d+) MB free on its disk, (\d+) MB are kept free", "录像已停止：磁盘只剩 {0} MB，须保留 {1} MB"),
    (r"chat (.+); it is not read any more", "聊天 {0}；不再读取"),
    (r"chat (.+); answers are not written there any more", "聊天 {0}；不再往那里写回答"),
    (r"chat (.+); connecting again", "聊天 {0}；正在重新连接"),
    (r"no music: its loop cannot be kept \((.+)\)\.", "没有音乐：无法保存循环（{0}）。"),
    (r"no music: (.+)", "没有音乐：{0}"),
    (r"(.+): the watched folder cannot be read \((.+)\)", "{0}：监视文件夹读不了（{1}）"),
    (r"(.+): cannot be moved away \((.+)\); it is not looked at again", "{0}：移不走（{1}）；不再处理"),
    (r"(.+) is refused: (.+)", "{0} 被拒绝：{1}"),
    (r"(.+): (\d+) rows are left out: (.+)", "{0}：有 {1} 行没有采用：{2}"),
    (r"(.+): should be deleted after (\d+) days \((.+)\) and cannot be: (.+)", "{0}：应在 {1} 天后删除（{2}），但删不掉：{3}"),
    (r"captions in (.+?): (.+)", "{0} 字幕：{1}"),
    (r"page (.+?): (.+)", "页面 {0}：{1}"),
    (r"a row of the catalogue is left out: (.+)", "商品目录有一行没有采用：{0}"),
    (r"the plinths stand where showroom\.toml has them: (.+)", "展台按 showroom.toml 的位置摆放：{0}"),
    (r"the changed catalogue is not used: (.+)", "改过的商品目录没有采用：{0}"),
    (r"the changed evidence is not used: (.+)", "改过的依据文件没有采用：{0}"),
    (r"the changed knowledge is not used: (.+)", "改过的知识文件没有采用：{0}"),
    (r"(.+): its new price is not used: (.+)", "{0}：新价格没有采用：{1}"),
    (r"(.+): The price would change from (.+) to (.+) \((.+)\); approve it if that is meant\.",
     "{0}：价格将从 {1} 变为 {2}（{3}）；确认无误请批准。"),
    (r"(.+); the AI has taken over", "{0}；已由 AI 接管"),
    (r"the performer's connection ended", "真人主播的连接断了"),
    (r"pictures come from who joined with the mode 'picture' only", "只有以 picture 模式加入的人才能发送画面"),
    (r"no sound came from the performer", "真人主播没有声音"),
    (r"the performer's face was not seen", "看不到真人主播的脸"),
    (r"the performer's camera is gone", "真人主播的摄像头断开了"),
    (r"the performer's microphone is gone", "真人主播的麦克风断开了"),
    (r"(.+): this evidence ended on (.+); it is not shown", "{0}：这份依据已于 {1} 到期，不再展示"),
    (r"signal (\d+)", "信号 {0}"), (r"exit (-?\d+)", "退出码 {0}"), (r"the picture hangs", "画面停住了"),
    (r"no word for (\d+) s after the start", "启动后 {0} 秒没有响应"), (r"silent for (\d+) s", "{0} 秒没有响应"),
    (r"memory (\d+) MB over (\d+) MB", "内存 {0} MB，超过 {1} MB"), (r"could not start: (.+)", "无法启动：{0}"),
    (r"asked by the operator", "操作员要求"),
)
REFUSALS: tuple[tuple[str, str], ...] = (
    (r"--size-m (.+): give width,height,depth in metres, such as 0\.30,0\.45,0\.16\.",
     "尺寸 {0}：请写宽,高,深，单位米，例如 0.30,0.45,0.16。"),
    (r"--sku: letters, digits, '-' and '_' only\.", "SKU 只能用字母、数字、“-”和“_”。"),
    (r"--price (.+): give an amount and, when it is not (.+), its currency: 49\.90 EUR\.",
     "价格 {0}：请写金额；货币不是 {1} 时要写明，例如 49.90 EUR。"),
    (r"(.+): no such file\.", "{0}：没有这个文件。"),
    (r"(.+): only (.+) files are taken\.", "{0}：只接收 {1} 文件。"),
    (r"The sku (.+) is already in the show; choose another with --sku, or say that it is a new "
     r"version of it \(--new-version\)\.",
     "SKU {0} 已在展厅里；请换一个 SKU，或勾选“已有商品的新版本”。"),
    (r"(.+): not added to (.+) \((.+)\); nothing was changed\.", "{0}：没能存入 {1}（{2}）；什么都没有改变。"),
    (r"(.+): it is not in the show; there are (.+)\.", "{0}：不在展厅里；现有 {1}。"),
    (r"(.+): that is its price already\.", "{0}：现在就是这个价格。"),
    (r"(.+): name the product's sku; `nightwindow product list` shows them\.",
     "{0}：请写商品的 SKU；`nightwindow product list` 会列出。"),
    (r"price: write the new one, such as `nightwindow product price (.+) 49\.90`\.",
     "price：请写新价格，例如 `nightwindow product price {0} 49.90`。"),
    (r"Nobody has asked that, or it is answered already; reload the page\.", "没有人问过，或已经回答了；请刷新页面。"),
    (r"Write an answer of 1 to (\d+) characters; longer ones belong in the knowledge files\.",
     "答案请写 1 到 {0} 个字；更长的内容请放进知识文件。"),
    (r"The policy forbids that answer: rule (.+?): (.+)", "政策不允许这个答案：规则 {0}：{1}"),
    (r"(.+): a folder needs one product list; it has (\d+)\.", "{0}：文件夹里要有一份商品列表；现在有 {1} 份。"),
    (r"(.+): unknown key (.+); known are (.+)\.", "{0}：不认识 {1}；可用的有 {2}。"),
    (r"(.+): not JSON such as (.+)\.", "{0}：不是 JSON；例如 {1}。"),
    (r"(.+): cannot be read \((.+)\)\.", "{0}：读不了（{1}）。"),
    (r"There is no such product; give two skus as a and b\.", "没有这件商品；请用 a 和 b 给出两个 SKU。"),
    (r"There is no such picture\.", "没有这张图片。"),
    (r"There is no such picture of this product\.", "这件商品没有这张图片。"),
    (r"There is no such version\.", "没有这个版本。"), (r"(.+): no pictures \((.+)\)\.", "{0}：没有图片（{1}）。"),
    (r"drawing the pictures took more than (.+) s", "画图超过了 {0} 秒"),
    (r"the pictures could not be drawn \(exit (.+)\)", "图片没能画出来（退出码 {0}）"),
    (r"(.+): the clip could not be rendered \(exit (.+)\)", "{0}：短片没能生成（退出码 {1}）"),
    (r"Not kept: (.+)", "没能保存：{0}"), (r"Not done: (.+)", "没有完成：{0}"),
    (r"Something went wrong here; it is noted\.", "这里出了问题，已记录。"),
    (r"There is no action (.+); known are (.+)\.", "没有 {0} 这个操作；可用的有 {1}。"),
    (r"The file is (\d+) MB; at most (\d+) MB\.", "文件有 {0} MB；最多 {1} MB。"),
    (r"(.+): no version of it waits for approval\.", "{0}：没有等待批准的版本。"),
    (r"Send a price such as (.+)\.", "请给出价格，例如 {0}。"),
    (r"(.+): no preview \((.+)\)\.", "{0}：没有预览（{1}）。"),
    (r"somebody performs already; one person at a time", "已经有人在表演；一次只能一位"),
    (r"nobody is there to take over; start 'nightwindow capture' at the camera first",
     "没有人可以接管；请先在摄像头旁运行 nightwindow capture"),
    (r"no sound comes from the microphone", "麦克风没有声音"), (r"the camera sees no face", "摄像头看不到脸"),
    (r"Send one file in the field 'file'\.", "请在 file 字段里发送一个文件。"),
    (r"The file could not be kept \((.+)\); nothing was changed\.", "文件没能保存（{0}）；什么都没有改变。"),
    (r"Wrong or missing token: send 'Authorization: Bearer <token>'\.",
     "口令不对或没有口令：请发送 Authorization: Bearer <口令>。"),
)
_ROWS = tuple((re.compile(form), words) for form, words in ROW_FORMS)
_FORMS = (*((re.compile(form), words) for form, words in (*ALARMS, *REFUSALS, *VOICE_FORMS)), *_ROWS)
DEEPEST = 3  # a sentence in a sentence in a sentence


@lru_cache(maxsize=512)
def chinese(sentence: str, depth: int = 0) -> str:
    """The sentence in Chinese; as it is where its form is not known."""
    who, colon, what = sentence.partition(": ")
    if colon and any(form.fullmatch(what) for form, _ in _ROWS):  # a row's mistake begins with its sku
        return f"{'本行' if who == 'this row' else who}：{chinese(what, depth + 1)}"
    for form, words in _FORMS:
        if found := form.fullmatch(sentence):
            return words.format(*(chinese(g, depth + 1) if g and depth < DEEPEST else g or "" for g in found.groups()))
    told = chinese(what, depth + 1) if colon and depth < DEEPEST else what
    return f"{who}：{told}" if told != what else sentence


def both(sentence: str) -> dict[str, str]:
    """JSON values of a refusal: `error`, and `error_zh` for pages in Chinese."""
    return {"error": sentence, "error_zh": chinese(sentence)}


def refusal(sentence: str, status: int, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """One clear sentence in both languages, and an HTTP status."""
    return JSONResponse(both(sentence), status, dict(headers) if headers else None)
