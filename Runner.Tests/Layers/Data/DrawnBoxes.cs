using System.Text;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Lmdb;
using Google.Protobuf;

namespace Cnn.Tests.Layers.Data;

/// <summary>Databases of dark images with bright rectangles, and the boxes around those.</summary>
internal static class DrawnBoxes
{
    /// <summary>A rectangle in pixels; its ends do not belong to it.</summary>
    public sealed record Drawn(int Group, int Left, int Top, int Right, int Bottom, bool IsDifficult = false);

    /// <summary>Makes a record; class 1 is bright in the first channel, class 2 in the second and so on.</summary>
    public static AnnotatedDatum Record(int height, int width, bool isEncoded, params Drawn[] objects)
    {
        var image = new PlanarImage();
        image.SetSize(3, height, width);
        image.Pixels.Fill(50);
        var record = new AnnotatedDatum { Type = AnnotatedDatum.Types.AnnotationType.Bbox };
        foreach (Drawn item in objects)
        {
            for (int y = item.Top; y < item.Bottom; y++)
            {
                image.Plane(Math.Clamp(item.Group - 1, 0, 2)).Slice((y * width) + item.Left, item.Right - item.Left)
                    .Fill(200);
            }

            record.AnnotationGroup.Add(new AnnotationGroup
            {
                GroupLabel = item.Group,
                Annotation =
                {
                    new Annotation
                    {
                        Bbox = new NormalizedBBox
                        {
                            Xmin = (float)item.Left / width,
                            Ymin = (float)item.Top / height,
                            Xmax = (float)item.Right / width,
                            Ymax = (float)item.Bottom / height,
                            Difficult = item.IsDifficult,
                        },
                    },
                },
            });
        }

        record.Datum = new Datum
        {
            Channels = 3,
            Height = height,
            Width = width,
            Encoded = isEncoded,
            Data = ByteString.CopyFrom(isEncoded ? ImageEncoder.Encode(image, "png") : image.Pixels),
        };
        return record;
    }

    /// <summary>Returns a record with one or two rectangles, a function of the number.</summary>
    public static AnnotatedDatum Random(int number)
    {
        var random = new Random(number);
        int height = 48 + (8 * random.Next(3)), width = 64 + (8 * random.Next(3));
        return Record(
            height, width, number % 2 == 0, [.. Enumerable.Range(0, 1 + (number % 2)).Select(i =>
            {
                int size = random.Next(14, 26), left = (i * width / 2) + random.Next(Math.Max(1, (width / 2) - size));
                int top = random.Next(height - size);
                return new Drawn(1 + random.Next(2), left, top, left + size, top + size);
            })]);
    }

    /// <summary>Writes a database.</summary>
    public static string Write(string path, params IEnumerable<AnnotatedDatum> records)
    {
        using LmdbWriter writer = LmdbWriter.Create(path);
        foreach (AnnotatedDatum record in records)
        {
            writer.Put(Encoding.ASCII.GetBytes($"{writer.Count:D8}"), record.ToByteArray());
        }

        writer.Commit();
        return path;
    }
}
