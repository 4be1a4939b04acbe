using PureHDF;

namespace Cnn.Proto.Formats.Hdf5;

/// <summary>The filters of compressed datasets: those that can be undone, and names for the others.</summary>
internal static class Hdf5Filters
{
    private const int Deflate = 1, Shuffle = 2, Fletcher32 = 3, ScaleOffset = 6;

    // Numbers from 256 up are registered with the HDF Group.
    private static readonly Dictionary<int, string> Names = new()
    {
        [4] = "SZIP",
        [5] = "N-bit",
        [305] = "LZO",
        [307] = "bzip2",
        [32000] = "LZF",
        [32001] = "Blosc",
        [32004] = "LZ4",
        [32008] = "bitshuffle",
        [32013] = "ZFP",
        [32015] = "Zstandard",
        [32026] = "Blosc2",
    };

    /// <summary>Checks that the values of a dataset can be decompressed.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="what">Its file and name, for errors.</param>
    /// <exception cref="CnnException">One of its filters cannot be undone.</exception>
    public static void RequireReadable(IH5Dataset dataset, string what)
    {
        foreach (var (id, stored) in Hdf5Internals.Filters(dataset))
        {
            if (id is not (Deflate or Shuffle or Fletcher32 or ScaleOffset))
            {
                string name = Names.GetValueOrDefault(id)
                    ?? (stored.Length > 0 ? $"'{stored.TrimEnd('\0', ' ')}'" : $"number {id}");
                throw new CnnException(
                    $"{what} is compressed by the {name} filter, which cannot be read",
                    "write it again with gzip, or uncompressed");
            }
        }
    }
}
