// @ts-check
// Names beside the parts of a product that a visitor has taken apart: each hangs on its part and goes where it goes.
import * as THREE from "three";

const OPEN = 0.6; // share of the way apart from which names do not cover each other

export class Labels {
  /** @param {HTMLElement} place over the 3D picture */
  constructor(place) {
    this.place = place;
    this.sku = "";
    /** @type {any} */ this.group = null;
    /** @type {{node: THREE.Object3D, at: THREE.Vector3, tag: HTMLElement}[]} */ this.tags = [];
  }

  /** @param {import("./room.js").Room} room @param {string} sku of the product that is turned over, "" for none @param {THREE.Camera} camera */
  draw(room, sku, camera) {
    const kept = room.products.get(sku), shown = kept && kept.apart > OPEN ? kept : null;
    if (this.group !== (shown?.group ?? null)) this.fill(room, shown);
    const { clientWidth: width, clientHeight: height } = this.place, point = new THREE.Vector3();
    for (const { node, at, tag } of this.tags) {
      node.localToWorld(point.copy(at)).project(camera);
      tag.hidden = point.z > 1;
      tag.style.transform = `translate(${((point.x + 1) / 2) * width}px, ${((1 - point.y) / 2) * height}px)`;
    }
  }

  /** @param {import("./room.js").Room} room @param {any} kept a product, or null */
  fill(room, kept) {
    this.group = kept?.group ?? null;
    this.tags = [];
    this.place.replaceChildren();
    if (!kept) return;
    const { sku, hotspots = [] } = kept.info, apart = kept.apart;
    room.takeApart(sku, 0); // where a spot is, the file says of the whole product
    kept.group.updateWorldMatrix(true, true);
    for (const [part, position, words] of hotspots) {
      const node = kept.parts[part]?.node;
      if (!node) continue;
      const tag = document.createElement("span");
      tag.textContent = words; // names come from files: text, never markup
      this.place.append(tag);
      this.tags.push({ node, at: node.worldToLocal(kept.group.localToWorld(new THREE.Vector3().fromArray(position))), tag });
    }
    room.takeApart(sku, apart);
    kept.group.updateWorldMatrix(true, true);
  }
}
