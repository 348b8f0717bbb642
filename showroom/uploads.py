"""Files that merchandisers send from the board: one model through the gate, or a list of products."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from showroom.additions import AddError, KeepError, add_model, parse_price, parse_size
from showroom.page_words import both
from showroom.product_lists import SUFFIXES as LISTS
from showroom.product_lists import add_list

if TYPE_CHECKING:
    from starlette.requests import Request

    from showroom.app import App


async def add_upload(app: App, request: Request) -> tuple[int, dict[str, Any]]:
    """The page's upload (multipart: file, sku, name, size_m, price, new_version; or a product list as the file). Status and
    JSON values."""
    form = await request.form(max_files=1, max_fields=8)
    upload = form.get("file")
    if upload is None or isinstance(upload, str):
        return 400, both("Send one file in the field 'file'.")
    name = Path(str(upload.filename or "model.glb")).name
    folder = app.config.state_folder / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    own = f"{app.session}-{next(app.ids)}"
    path = folder / f"{own}{Path(name).suffix.lower()}"
    if path.suffix in LISTS:  # its name is the source that its sentences cite
        path = folder / own / (re.sub(r"[^\w.-]+", "_", Path(name).stem)[:60] + path.suffix)
        path.parent.mkdir()
    try:
        with path.open("wb") as file:
            while block := await upload.read(1 << 20):
                file.write(block)
        if path.suffix in LISTS:
            result = await asyncio.to_thread(add_list, app.config, app.content, path, False)
            await app.shelf.sync()
            return 200 if result.pop("code") == 0 else 422, _told(result)
        text = {key: str(form.get(key) or "") for key in ("sku", "name", "size_m", "price", "new_version")}
        result = await asyncio.to_thread(
            add_model, app.config, app.content, path, text["sku"] or Path(name).stem, text["name"] or None,
            parse_size(text["size_m"]), False, parse_price(text["price"], app.content.market.currency),
            text["new_version"] in ("1", "true", "on"))
    except KeepError as error:
        return 507, both(str(error))
    except AddError as error:
        return 400, both(str(error).replace(f"{path.parent}/", ""))
    except OSError as error:
        return 507, both(f"The file could not be kept ({error.strerror}); nothing was changed.")
    finally:
        path.unlink(missing_ok=True)
        if path.parent != folder:
            path.parent.rmdir()
        await form.close()
    await app.shelf.sync()
    code = result.pop("code")
    return (200 if code == 0 else 422), result


def _told(result: dict[str, Any]) -> dict[str, Any]:
    """What became of a list; "list": sentences for the page, the summary first."""
    n = {key: len(result[key]) for key in ("added", "repriced", "updated", "unchanged", "without_model", "errors")}
    english = str(result["lines"][-1])
    summary = {"en": english,
               "zh": f"{english.partition(':')[0]}：读取 {result['rows']} 行；新增 {n['added']}，改价 {n['repriced']}，"
                     f"更新 {n['updated']}，未变 {n['unchanged']}，等待模型 {n['without_model']}，跳过 {n['errors']}。"}
    rows = [{"en": f"line {e['line']}: {e['sentence']}", "zh": f"第 {e['line']} 行：{e['sentence_zh']}"}
            for e in result["errors"]]
    return {**{k: v for k, v in result.items() if k != "lines"}, "list": [summary, *rows]}
