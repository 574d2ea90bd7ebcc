"""Trains the reference VAE in PyTorch, a block of steps at a time, as bench.ts asks.

Usage: python3 pytorch_peer.py shipped|all-cores|one-thread|tuned

stdin: a line of JSON with the sizes, the weights and the batches as raw float32, then
one line with a number of steps for each block. stdout: a line of JSON for each.
"""
import ctypes
import glob
import json
import os
import sys
import time

ENVIRONMENTS = {
    "shipped": {},
    "all-cores": {},
    "one-thread": {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    # One pool of threads for PyTorch and its BLAS; temporaries stay with the process.
    "tuned": {
        "LD_LIBRARY_PATH": ":".join(glob.glob("/usr/lib/*/openblas-openmp")),
        "MALLOC_MMAP_THRESHOLD_": str(256 << 20),
        "MALLOC_TRIM_THRESHOLD_": str(512 << 20),
        "MALLOC_TOP_PAD_": str(64 << 20),
    },
}

# What a shell may have set already.
TUNING = ("OMP_", "GOMP_", "OPENBLAS_", "MKL_", "MALLOC_", "LD_")


def say(**record):
    print(json.dumps(record), flush=True)


def loaded_blas(torch):
    """The BLAS in this process's memory map, and the threads that it runs on."""
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "libopenblas" in line}
    if not paths:
        return {"blas": torch.__config__.show().split("BLAS_INFO=")[-1].split(",")[0]}
    path = paths.pop()
    blas = ctypes.CDLL(path)
    pool = ["none", "pthreads", "OpenMP"][blas.openblas_get_parallel()]
    name = "/".join(path.split("/")[-2:])
    return {"blas": name, "pool": pool, "blasThreads": blas.openblas_get_num_threads()}


def read_floats(torch, shape):
    count = torch.Size(shape).numel()
    data = bytearray(sys.stdin.buffer.read(4 * count))
    return torch.frombuffer(data, dtype=torch.float32).reshape(shape)


def create_step(torch, names, tuned):
    weights = {
        name: read_floats(torch, shape).clone().requires_grad_() for name, shape in names
    }
    adam = torch.optim.Adam(weights.values(), lr=1e-3)
    bce = torch.nn.functional.binary_cross_entropy_with_logits

    def affine(x, name):
        return torch.addmm(weights[name + ".bias"], x, weights[name + ".weight"])

    def step(x):
        h = torch.relu(affine(x, "encoder.0"))
        mean, log_var = affine(h, "encoder.mean"), affine(h, "encoder.logVar")
        z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
        logits = affine(torch.relu(affine(z, "decoder.0")), "decoder.output")
        kl = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp())
        loss = (bce(logits, x, reduction="sum") + kl) / len(x)
        adam.zero_grad(set_to_none=tuned)
        loss.backward()
        adam.step()
        return loss.item()

    return step


def main(variant):
    if os.environ.get("ELBO_PEER") != variant:
        # The loader and malloc read their variables once, when a process starts.
        kept = {key: os.environ[key] for key in os.environ if not key.startswith(TUNING)}
        environment = {**kept, **ENVIRONMENTS[variant], "ELBO_PEER": variant}
        os.execve(sys.executable, [sys.executable, *sys.argv], environment)
    import torch

    tuned = variant == "tuned"
    if tuned:
        torch.set_flush_denormal(True)
    header = json.loads(sys.stdin.buffer.readline())
    step = create_step(torch, header["weights"], tuned)
    batches = read_floats(torch, header["batches"])
    at = 0

    def block(steps):
        nonlocal at
        start = time.perf_counter()
        for _ in range(steps):
            loss = step(batches[at % len(batches)])
            at += 1
        return (time.perf_counter() - start) * 1000 / steps, loss

    if variant in ("all-cores", "tuned"):
        torch.set_num_threads(os.cpu_count())
    threads = torch.get_num_threads()
    say(torch=torch.__version__, threads=threads, **loaded_blas(torch))
    for line in sys.stdin.buffer:
        ms, loss = block(int(line))
        say(ms=ms, loss=loss)


main(sys.argv[1])
