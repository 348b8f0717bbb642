// A booth for pictures of an anchor as browsers paint it: `booth(glb, lights, handPoses)`, then `shoot(...)`. Not part of the show.
import * as THREE from "three";
import { Anchor } from "../showroom/web/src/anchor.js";

window.booth = async (url, lights, handPoses, size) => {
  const renderer = new THREE.WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
  renderer.setSize(size, size);
  renderer.outputColorSpace = THREE.LinearSRGBColorSpace;
  document.body.append(renderer.domElement);
  const scene = new THREE.Scene();
  scene.background = new THREE.Color(0.62, 0.6, 0.585);
  const uniforms = Object.fromEntries(Object.entries(lights).map(([k, v]) => [k, { value: new THREE.Vector3(...v) }]));
  for (const k of ["u_key_dir", "u_fill_dir", "u_rim_dir"]) uniforms[k].value.normalize();
  const anchor = new Anchor({ anchor_id: "a", position_m: [0, 0, 0], heading_deg: 0 }, handPoses);
  await anchor.load(url, () => {}, uniforms);
  scene.add(anchor.root);
  window.shoot = (pose, camera, target, fov) => {
    const lens = new THREE.PerspectiveCamera(fov, 1, 0.05, 20);
    lens.position.set(...camera);
    lens.lookAt(...target);
    anchor.apply(pose, 0);
    renderer.render(scene, lens);
    return renderer.domElement.toDataURL("image/png");
  };
  return anchor.bones.length;
};
