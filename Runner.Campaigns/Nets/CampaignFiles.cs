using System.Text;
using Cnn.Proto;
using Cnn.Proto.Formats.Cifar;
using Cnn.Proto.Formats.Hdf5;
using Cnn.Proto.Formats.Idx;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Lmdb;
using Google.Protobuf;

namespace Cnn.Campaigns.Nets;

/// <summary>Small files of data that nets read, made once a process and deleted when it ends.</summary>
internal static class CampaignFiles
{
    private const int Records = 7, Classes = 5;

    /// <summary>The datasets of the HDF5 file, with the shapes of their rows.</summary>
    public static IReadOnlyDictionary<string, int[]> DataSets { get; } =
        new SortedDictionary<string, int[]>(StringComparer.Ordinal)
        {
            ["classes"] = [], ["images"] = [2, 5, 4], ["plain"] = [7], ["planes"] = [3, 4],
        };

    private static readonly Lazy<TemporaryFolder> Made = new(Make);

    /// <summary>Finds the files by their names.</summary>
    public static PathResolver Resolver => new(Made.Value["net.prototxt"]);

    private static TemporaryFolder Make()
    {
        var folder = new TemporaryFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        IdxWriter.WriteImages(folder["idx-images"], Records, 6, 5, (i, pixels) => Fill(i, pixels));
        IdxWriter.WriteLabels(folder["idx-labels"], Records, i => (byte)(i % Classes));
        Database(folder["lmdb"], i => Datum(i).ToByteArray());
        Database(folder["annotated"], i => Annotated(i).ToByteArray());
        Rows(folder);
        Images(folder);
        Cifar(folder["cifar.bin"]);
        return folder;
    }

    // CIFAR-10's folder has to be whole, 60,000 images; a file of it has as many as it has.
    private static void Cifar(string path)
    {
        var records = new byte[Records * Cifar10Files.RecordSize];
        Fill(1, records);
        for (int i = 0; i < Records; i++)
        {
            records[i * Cifar10Files.RecordSize] = (byte)(i % Classes);
        }

        File.WriteAllBytes(path, records);
    }

    private static void Fill(int seed, Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(((seed + 3) * 37) + (i * i * 11) + (i * 5));
        }
    }

    private static void Database(string path, Func<int, byte[]> record)
    {
        using LmdbWriter writer = LmdbWriter.Create(path);
        for (int i = 0; i < Records; i++)
        {
            writer.Put(Encoding.ASCII.GetBytes($"{i:D8}"), record(i));
        }

        writer.Commit();
    }

    private static Datum Datum(int i)
    {
        var pixels = new byte[3 * 7 * 6];
        Fill(i, pixels);
        return new Datum { Channels = 3, Height = 7, Width = 6, Label = i % Classes,
            Data = ByteString.CopyFrom(pixels) };
    }

    private static AnnotatedDatum Annotated(int i)
    {
        var box = new NormalizedBBox { Xmin = 0.1f, Ymin = 0.05f * i, Xmax = 0.6f, Ymax = 0.4f + (0.05f * i) };
        var group = new AnnotationGroup { GroupLabel = 1 + (i % 2), Annotation = { new Annotation { Bbox = box } } };
        return new AnnotatedDatum
        {
            Datum = Datum(i), Type = AnnotatedDatum.Types.AnnotationType.Bbox, AnnotationGroup = { group },
        };
    }

    private static void Rows(TemporaryFolder folder)
    {
        (string, int[])[] sets = [.. DataSets.Select(set => (set.Key, (int[])[Records, .. set.Value]))];
        using (Hdf5RowWriter writer = Hdf5RowWriter.Create(folder["rows.h5"], sets))
        {
            for (int i = 0; i < Records; i++)
            {
                for (int set = 0; set < sets.Length; set++)
                {
                    int count = sets[set].Item2.Skip(1).Aggregate(1, (product, size) => product * size);
                    writer.Append(
                        set, [.. Enumerable.Range(0, count).Select(k => ((i * 5) + k) % Classes / (1f + set))]);
                }
            }

            writer.Commit();
        }

        folder.Write("hdf5.txt", "rows.h5\n");
    }

    private static void Images(TemporaryFolder folder)
    {
        var (list, pairs, clips, windows) = (new StringBuilder(), new StringBuilder(), new StringBuilder(),
            new StringBuilder());
        for (int i = 0; i < Records; i++)
        {
            string image = $"classes/c{i % 3}/{i}.png", labels = $"labels/{i}.png";
            Image(folder[image], i, 3, 9, 8);
            Image(folder[labels], 100 + i, 1, 9, 8);
            list.Append(folder[image]).AppendLine($" {i % Classes}");
            pairs.Append(folder[image]).AppendLine($" {folder[labels]}");
            Image(folder[$"clip/{i + 1:D6}.png"], 200 + i, 3, 9, 8);
            Image(folder[$"clip/{i + 1:D6}.jpg"], 200 + i, 3, 9, 8);
            windows.AppendLine($"# "
                + $"{i}").AppendLine(folder[image]).AppendLine("3").AppendLine("9").AppendLine("8").AppendLine("2")
                .AppendLine("1 0.9 1 1 5 6").AppendLine("2 0.1 0 0 4 4");
        }

        clips.Append(folder["clip"]).AppendLine(" 1 2").Append(folder["clip"]).AppendLine(" 3 4");
        folder.Write("list.txt", list.ToString());
        folder.Write("pairs.txt", pairs.ToString());
        folder.Write("clips.txt", clips.ToString());
        folder.Write("windows.txt", windows.ToString());
    }

    private static void Image(string path, int seed, int channels, int height, int width)
    {
        var image = new PlanarImage();
        image.SetSize(channels, height, width);
        Fill(seed, image.Pixels);
        for (int i = 0; channels == 1 && i < image.Pixels.Length; i++)
        {
            // Labels of pixels.
            image.Pixels[i] %= Classes;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, ImageEncoder.Encode(image, Path.GetExtension(path)[1..]));
    }
}
