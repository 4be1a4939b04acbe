using System.Buffers.Binary;

namespace Cnn.Campaigns.Fuzz.Mutations;

/// <summary>Where the sizes and offsets of a file are.</summary>
internal static class SizePlaces
{
    private const int AfterName = 64, LmdbPage = 4096, LmdbHeader = 16, LmdbPointers = 64;

    // The structures of HDF5 begin with these names; sizes and addresses follow. A dataset's messages have none, so
    // numbers are guessed too.
    private static readonly string[] Hdf5Names =
        ["\x89HDF", "TREE", "HEAP", "SNOD", "OHDR", "OCHK", "GCOL", "FRHP", "FHDB", "FHIB", "BTHD", "BTLF", "BTIN",
            "FAHD"];

    /// <summary>Finds aligned numbers that are no larger than the file, and not 0.</summary>
    public static IReadOnlyList<(int Start, int Size)> Guess(byte[] file)
    {
        var found = new List<(int, int)>();
        foreach (int size in (int[])[2, 4, 8])
        {
            for (int at = 0; at + size <= file.Length; at += size)
            {
                ulong value = size switch
                {
                    2 => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at)),
                    4 => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)),
                    _ => BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at)),
                };
                if (value > 0 && value <= (ulong)file.Length)
                {
                    found.Add((at, size));
                }
            }
        }

        return found;
    }

    /// <summary>Finds the numbers after the names of HDF5's structures, and those that can be sizes.</summary>
    public static IReadOnlyList<(int Start, int Size)> OfHdf5(byte[] file)
    {
        var found = new List<(int, int)>(Guess(file));
        foreach (string name in Hdf5Names)
        {
            byte[] bytes = System.Text.Encoding.Latin1.GetBytes(name);
            for (int at = 0; file.AsSpan(at).IndexOf(bytes) is >= 0 and var next; at += next + 1)
            {
                found.AddRange(Enumerable.Range(0, AfterName / 2).SelectMany(i => new[]
                {
                    (at + next + 4 + (2 * i), 2), (at + next + 4 + (2 * i), 8),
                }));
            }
        }

        return found;
    }

    /// <summary>
    /// Finds the numbers of LMDB's pages: the header, the pointers to the nodes, the sizes in the nodes.
    /// </summary>
    public static IReadOnlyList<(int Start, int Size)> OfLmdb(byte[] file)
    {
        var found = new List<(int, int)>();
        for (int page = 0; page + LmdbPage <= file.Length; page += LmdbPage)
        {
            for (int at = page; at < page + LmdbHeader + LmdbPointers; at += 2)
            {
                found.Add((at, 2));
                if (at % 8 == 0)
                {
                    found.Add((at, 8));
                }
            }

            for (int pointer = page + LmdbHeader; pointer < page + LmdbHeader + LmdbPointers; pointer += 2)
            {
                int node = page + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(pointer));
                found.AddRange([(node, 2), (node + 2, 2), (node + 4, 2), (node + 6, 2)]);
            }

            // The roots in the two pages of metadata.
            found.AddRange(page < 2 * LmdbPage
                ? Enumerable.Range(0, 16).Select(i => (page + LmdbHeader + (8 * i), 8))
                : []);
        }

        return found;
    }
}
