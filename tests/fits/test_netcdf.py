"""What is written opens elsewhere: in xarray as the same tree, and as netCDF it is complete."""

import io

import h5netcdf
import h5py
import numpy as np
import pytest
import xarray as xr

from benchmarks.hunt.fits import small_fit
from pmf_core.fits.netcdf import netcdf_bytes


def tree():
    """Every kind of array that a fit has: numbers, texts, none at all; axes with and without."""
    dataset = xr.Dataset(
        {
            "U": (("chain", "user", "factor"), np.arange(12, dtype=np.float32).reshape(2, 3, 2)),
            "idx": (("obs",), np.arange(4, dtype=np.uint16)),
            "title": (("item",), np.array(["Alien", "Amélie", ""], object)),
            "none": (("nothing",), np.zeros(0)),
        },
        {"user": np.array(["a", "b", "ü"], object), "chain": [0, 1]},
    )
    found = xr.DataTree.from_dict({"posterior": dataset, "empty": xr.Dataset()})
    found.attrs = {"name": "a run – mine", "scale": np.array([1.0, 5.0]), "seconds": 2.5, "n": 3}
    return found


def test_xarray_opens_it_as_it_was():
    with xr.open_datatree(io.BytesIO(netcdf_bytes(tree())), engine="h5netcdf") as opened:
        opened.load()
    for group, child in tree().children.items():
        xr.testing.assert_equal(opened[group].dataset, child.dataset)
        for name, variable in child.dataset.variables.items():
            kinds = "OUT" if variable.dtype.kind == "O" else variable.dtype.kind
            assert opened[group].dataset[name].dtype.kind in kinds, name
    assert dict(opened.attrs).keys() == tree().attrs.keys()
    np.testing.assert_array_equal(opened.attrs["scale"], [1.0, 5.0])
    assert opened.attrs["name"] == "a run – mine" and opened.attrs["seconds"] == 2.5


@pytest.mark.slow
def test_it_is_what_the_writer_of_xarray_writes():
    idata = small_fit("best").idata
    slow = io.BytesIO()
    idata.to_netcdf(slow, engine="h5netcdf")
    trees = []
    for content in (slow.getvalue(), netcdf_bytes(idata)):
        with xr.open_datatree(io.BytesIO(content), engine="h5netcdf") as opened:
            trees.append(opened.load())
    xr.testing.assert_identical(
        *(xr.DataTree.from_dict({g: c.dataset for g, c in t.children.items()}) for t in trees)
    )


def test_axes_without_values_are_none_of_the_variables():
    with h5netcdf.File(io.BytesIO(netcdf_bytes(tree())), "r") as file:
        group = file["posterior"]
        assert set(group.variables) == {"U", "idx", "title", "none", "user", "chain"}
        assert {name: dim.size for name, dim in group.dimensions.items()} == {
            "chain": 2, "user": 3, "factor": 2, "obs": 4, "item": 3, "nothing": 0,
        }  # fmt: skip


def test_the_same_fit_is_the_same_file():
    idata = small_fit("pmf").idata
    assert netcdf_bytes(idata) == netcdf_bytes(idata)
    with h5py.File(io.BytesIO(netcdf_bytes(idata))) as file:
        assert file["posterior/U"].chunks is None  # in one piece, as the inspection asks


def test_what_hdf5_cannot_hold_is_refused():
    wrong = xr.DataTree.from_dict({"a": xr.Dataset({"x": ("y", np.array([{}], object))})})
    with pytest.raises(TypeError):
        netcdf_bytes(wrong)
