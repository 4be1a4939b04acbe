using Cnn.Campaigns.Fuzz.Mutations;
using Cnn.Layers.Data.Hdf5;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Cifar;
using Cnn.Proto.Formats.Hdf5;
using Cnn.Proto.Formats.Idx;
using Cnn.Proto.Formats.Npy;
using static Cnn.Campaigns.Fuzz.Readers.FuzzReaders;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>Readers of files of numbers.</summary>
internal static class ArrayReaders
{
    // Deflate's most.
    private const long MostPacked = 1100;

    /// <summary>Words of NumPy's headers.</summary>
    public static IReadOnlyList<string> NpyWords { get; } =
    [
        "{", "}", "(", ")", "'descr': '<f4'", "'<f8'", "'>f4'", "'<i8'", "'|b1'", "'|O'", "'<U3'", "[('a', '<f4')]",
        "'fortran_order': True",
        "'shape': (1,)", "()", "(2, 3)", ",", "0", "1L", ".npy",
    ];

    /// <summary>The readers.</summary>
    public static IReadOnlyList<FuzzReader> All { get; } =
    [
        new()
        {
            Name = "hdf5-data",
            FileName = "input.h5",
            Seeds = folder =>
            [
                Written(folder, "a.h5", path => ArrayFile.WriteHdf5(
                    path, [("data", new([2, 3], [1, 2, 3, 4, 5, 6])), ("label", new([2], [0, 1])),
                        ("g/x", new([1], [7]))])),
                Written(folder, "rows.h5", WriteRows),
                [.. RowFileHeader.Write(([1, 1, 1, 2], 1000), ([1, 1, 1, 1], 1008), 1012), .. new byte[200]],
            ],
            Read = ReadHdf5,
            Numbers = SizePlaces.OfHdf5,
            BoundsMemory = false,
            Words = ["data", "label", "TREE", "HEAP", "SNOD", "OHDR", "FRHP", "GCOL"],
            Longest = 1 << 16,
            Unpacked = input => MostPacked * input.Length,
        },
        new()
        {
            Name = "npy",
            FileName = "input.npy",
            Seeds = folder =>
            [
                Npy(folder, [2, 3]), Npy(folder, []), Npy(folder, [0, 4]),
            ],
            Read = path => NpyFile.Read(path),
            Inside = DamageHeader,
            Words = NpyWords,
        },
        new()
        {
            Name = "idx",
            FileName = "input.idx",
            Seeds = folder =>
            [
                Images(folder), Labels(folder), GzipSeeds.Pack(Images(folder)), GzipSeeds.Pack(Labels(folder)),
            ],
            Read = ReadIdx,
            Inside = GzipSeeds.Damage,
            Unpacked = input => MostPacked * input.Length,
        },
        new()
        {
            Name = "cifar",
            FileName = "input.bin",
            Seeds = _ => [new byte[Cifar10Files.RecordSize],
                [.. Enumerable.Repeat((byte)9, 2 * Cifar10Files.RecordSize)]],
            Read = path => Cifar10Files.ReadRecords(path),
        },
    ];

    // A file is one of images or of labels by what the caller makes of it, so each input is read as both.
    private static void ReadIdx(string path)
    {
        try
        {
            IdxFile.ReadImages(path);
        }
        catch (CnnException)
        {
            IdxFile.ReadLabels(path);
        }
    }

    private static void ReadHdf5(string path)
    {
        using var file = new Hdf5Arrays(path);
        foreach (string name in (string[])["data", "label", "g/x"])
        {
            _ = file.Shape(name);
            file.Read(name);
        }
    }

    private static void WriteRows(string path)
    {
        using Hdf5RowWriter writer = Hdf5RowWriter.Create(path, ("data", [2]), ("label", [1]));
        writer.Append(0, [1, 2]);
        writer.Append(1, [3]);
        writer.Commit();
    }

    private static byte[] Npy(string folder, int[] shape) => Written(folder, "a.npy", path => NpyFile.Write(
        path, new NumberArray(shape, new float[shape.Aggregate(1, (a, b) => a * b)])));

    private static byte[] Images(string folder) => Written(
        folder, "images", path => IdxWriter.WriteImages(path, 2, 3, 2, (i, pixels) => pixels.Fill((byte)i)));

    private static byte[] Labels(string folder) =>
        Written(folder, "labels", path => IdxWriter.WriteLabels(path, 3, i => (byte)i));

    // The header as text, whose length is then right; the numbers behind it as they are.
    private static byte[] DamageHeader(byte[] file, Random random)
    {
        const int Start = 10;
        if (file.Length < Start || file[6] != 1)
        {
            return file;
        }

        int end = Math.Min(file.Length, Start + file[8] + (256 * file[9]));
        byte[] header = TextMutations.Apply(
            file[Start..end], file[Start..end], [.. NpyWords.Select(System.Text.Encoding.ASCII.GetBytes)], random);
        return
        [
            .. file.AsSpan(0, Start - 2), (byte)header.Length, (byte)(header.Length >> 8), .. header,
            .. file.AsSpan(end),
        ];
    }
}
