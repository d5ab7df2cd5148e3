"""What is used of onnxruntime, which has no types of its own."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

class SessionOptions:
    intra_op_num_threads: int
    inter_op_num_threads: int
    enable_cpu_mem_arena: bool

class ModelMetadata:
    @property
    def custom_metadata_map(self) -> Mapping[str, str]: ...

class InferenceSession:
    def __init__(self, path_or_bytes: str, sess_options: SessionOptions, *, providers: Sequence[str]) -> None: ...
    def get_modelmeta(self) -> ModelMetadata: ...
    def run(
        self, output_names: Sequence[str] | None, input_feed: Mapping[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]: ...
