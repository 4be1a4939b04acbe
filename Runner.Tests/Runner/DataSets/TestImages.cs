using System.Text;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Lmdb;
using Google.Protobuf;

namespace Cnn.Tests.Runner.DataSets;

/// <summary>Images of random pixels, a function of their number, and databases of them.</summary>
internal static class TestImages
{
    public static PlanarImage Image(int number, int channels, int height, int width)
    {
        var image = new PlanarImage();
        image.SetSize(channels, height, width);
        new Random(number).NextBytes(image.Pixels);
        return image;
    }

    /// <summary>Writes an image file in the format of its name.</summary>
    public static string Write(string path, PlanarImage image)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, ImageEncoder.Encode(image, Path.GetExtension(path)));
        return path;
    }

    public static Datum Raw(PlanarImage image, int label) => new()
    {
        Channels = image.Channels,
        Height = image.Height,
        Width = image.Width,
        Data = ByteString.CopyFrom(image.Pixels),
        Label = label,
    };

    public static string WriteDatabase(string path, IEnumerable<Datum> records)
    {
        using LmdbWriter writer = LmdbWriter.Create(path);
        foreach (Datum record in records)
        {
            writer.Put(Encoding.ASCII.GetBytes($"{writer.Count:D8}"), record.ToByteArray());
        }

        writer.Commit();
        return path;
    }

    /// <summary>Reads a database: its keys, and its records as messages.</summary>
    public static List<(string Key, Datum Datum)> ReadDatabase(string path)
    {
        using LmdbReader records = LmdbReader.Open(path);
        List<(string, Datum)> read = [];
        for (long i = 0; i < records.Count; i++)
        {
            read.Add((Encoding.UTF8.GetString(records.Key(i)), Datum.Parser.ParseFrom(records.Value(i).ToArray())));
        }

        return read;
    }
}
