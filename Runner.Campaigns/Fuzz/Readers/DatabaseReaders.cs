using System.Text;
using Cnn.Campaigns.Fuzz.Mutations;
using Cnn.Layers.Data.Boxes;
using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.LevelDb;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Proto.Formats.Records;
using Google.Protobuf;
using static Cnn.Campaigns.Files.LevelDbFiles;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>Readers of databases of records, and of the records.</summary>
internal static class DatabaseReaders
{
    private const string LmdbFile = "data.mdb";
    private const int MostRecords = 10_000;

    private static readonly byte[][] NoWords = [];

    /// <summary>The readers.</summary>
    public static IReadOnlyList<FuzzReader> All { get; } =
    [
        new()
        {
            Name = "lmdb",
            FileName = "db",
            Seeds = folder => [Lmdb(folder, "few", 3, 40), Lmdb(folder, "many", 200, 12),
                Lmdb(folder, "large", 2, 5000)],
            Place = (input, path) =>
                File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(path).FullName, LmdbFile), input),
            Read = ReadRecords,
            Numbers = SizePlaces.OfLmdb,
            Longest = 1 << 16,
        },
        new()
        {
            Name = "leveldb",
            FileName = "db",
            Seeds = LevelDb,
            Place = Bundle.Place,
            Read = ReadRecords,
            Inside = (bundle, random) => Bundle.Damage(bundle, (_, file) => Damaged(file, random), random),
            Sign = SignAll,
            Longest = 1 << 16,
        },
        new()
        {
            Name = "datum",
            FileName = "input",
            Seeds = _ => Datums().Select(datum => datum.ToByteArray()),
            Read = path => ReadDatum(File.ReadAllBytes(path)),
            Message = Datum.Descriptor,
            NamesFile = false,
        },
        new()
        {
            Name = "annotated-datum",
            FileName = "input",
            Seeds = _ => Datums().Select(datum => Annotated(datum).ToByteArray()),
            Read = path => ReadAnnotated(File.ReadAllBytes(path)),
            Message = AnnotatedDatum.Descriptor,
            NamesFile = false,
        },
    ];

    private static byte[] Lmdb(string folder, string name, int count, int size)
    {
        using (LmdbWriter writer = LmdbWriter.Create(Path.Combine(folder, name)))
        {
            for (int i = 0; i < count; i++)
            {
                writer.Put(Encoding.ASCII.GetBytes($"{i:D8}_{new string('k', i % 5)}"),
                    [.. Enumerable.Repeat((byte)i, size)]);
            }

            writer.Commit();
        }

        return File.ReadAllBytes(Path.Combine(folder, name, LmdbFile));
    }

    private static IEnumerable<byte[]> LevelDb(string folder)
    {
        string path = Path.Combine(folder, "leveldb");
        Table first = WriteTable(path, 1, 4, false, [.. Enumerable.Range(0, 12).Select(i => Put($"a{i:D3}", i))]);
        Table second = WriteTable(path, 0, 6, true, [.. Enumerable.Range(0, 12).Select(i => Put($"a{i:D3}", 100 + i))]);
        File.WriteAllBytes(
            Path.Combine(path, "000007.log"),
            Log(
                Batch([.. Enumerable.Range(0, 6).Select(i => Put($"b{i:D3}", 200 + i))]),
                Batch([.. Enumerable.Range(0, 4).Select(i => new Change($"a{i:D3}", 220 + (ulong)i, null))])));
        Manifest(path, 7, 200, first, second);
        return [Bundle.OfFolder(path)];
    }

    private static Change Put(string key, int sequence) =>
        new(key, (ulong)sequence, [.. Enumerable.Repeat((byte)sequence, 20)]);

    private static byte[] Damaged(byte[] file, Random random)
    {
        var bytes = new List<byte>(file);
        ByteMutations.Apply(bytes, file, NoWords, random);
        return [.. bytes];
    }

    private static byte[] SignAll(byte[] bundle)
    {
        List<(string Name, byte[] Content)> files = Bundle.Files(bundle);
        foreach (var (name, content) in files)
        {
            if (name.EndsWith(".ldb", StringComparison.Ordinal))
            {
                LevelDbSigning.SignTable(content);
            }
            else if (name != LevelDbFormat.CurrentFile)
            {
                LevelDbSigning.SignLog(content);
            }
        }

        return Bundle.Of(files);
    }

    private static void ReadRecords(string path)
    {
        using RecordDatabase records = RecordDatabase.Open(path);
        var buffer = new RecordBuffer();
        for (long i = 0; i < Math.Min(records.Count, MostRecords); i++)
        {
            _ = records.Key(i, buffer).Length + records.Value(i, buffer).Length;
            _ = records.NameOf(i);
        }
    }

    private static IEnumerable<Datum> Datums()
    {
        yield return new Datum { Channels = 1, Height = 2, Width = 3, Label = 4,
            Data = ByteString.CopyFrom(1, 2, 3, 4, 5, 6) };
        yield return new Datum { Channels = 2, Height = 1, Width = 1, FloatData = { 0.5f, -1 } };
        yield return new Datum { Encoded = true, Label = -1, Data = ByteString.CopyFrom(0xFF, 0xD8, 0xFF) };
    }

    private static AnnotatedDatum Annotated(Datum datum) => new()
    {
        Datum = datum,
        Type = AnnotatedDatum.Types.AnnotationType.Bbox,
        AnnotationGroup =
        {
            new AnnotationGroup
            {
                GroupLabel = 3,
                Annotation =
                {
                    new Annotation
                    {
                        InstanceId = 1,
                        Bbox = new NormalizedBBox { Xmin = 0.1f, Ymin = 0.2f, Xmax = 0.9f, Ymax = 1, Difficult = true },
                    },
                },
            },
        },
    };

    private static void ReadDatum(byte[] record) => Values(
        DatumView.TryParse(record, out DatumView datum) ? datum : throw new CnnException("it is no Datum message"));

    private static void ReadAnnotated(byte[] record)
    {
        AnnotatedDatumView view = AnnotatedDatumView.Parse(record);
        view.ReadBoxes([]);
        Values(view.Datum);
    }

    private static void Values(DatumView datum)
    {
        if (!datum.IsEncoded)
        {
            datum.RequireShape();
        }

        datum.CopyFloats(new float[datum.FloatCount]);
    }
}
