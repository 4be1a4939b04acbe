using Cnn.Layers.Data;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Google.Protobuf;

namespace Cnn.Runner.DataSets.Boxes;

/// <summary>One thread's maker of records from images with boxes.</summary>
/// <param name="options">How images become records.</param>
internal sealed class BoxSetWorker(BoxSetOptions options) : IDisposable
{
    private readonly ImageReader reader = new();

    /// <summary>Makes the record of an image, or says why there is none.</summary>
    public void Make(BoxedImage entry, BoxSetRecord record)
    {
        try
        {
            (record.Bytes, record.Problem) = (Make(entry).ToByteArray(), null);
        }
        catch (CnnException exception)
        {
            (record.Bytes, record.Problem) = ([], exception.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => reader.Dispose();

    // A file that stays as it is is decoded all the same: what cannot be decoded must not get into the database. It is
    // decoded as the layer does it: without a turn that the file asks for, which the boxes would not follow.
    private AnnotatedDatum Make(BoxedImage entry)
    {
        ReadOnlySpan<byte> file = reader.ReadFile(entry.Path);
        PlanarImage image = reader.Decode(file, options.Encoded ? ImageColor.Stored : ImageColor.Colour);
        var (height, width) = (image.Height, image.Width);
        if (entry.Width > 0 && entry.Height > 0 && (entry.Width != width || entry.Height != height))
        {
            throw new CnnException(
                $"it is {width} x {height}, its annotation says {entry.Width} x {entry.Height}");
        }

        bool resizes = options.ResizeHeight > 0 && options.ResizeWidth > 0;
        if (resizes)
        {
            image = reader.Resize(image, options.ResizeHeight, options.ResizeWidth);
        }

        var record = new AnnotatedDatum { Type = AnnotatedDatum.Types.AnnotationType.Bbox, Datum = new Datum() };
        if (options.Encoded)
        {
            record.Datum.Encoded = true;
            record.Datum.Data = resizes
                ? ByteString.CopyFrom(ImageEncoder.Encode(image, TypeOf(entry.Path, image.Channels)))
                : ByteString.CopyFrom(file);
        }
        else
        {
            (record.Datum.Channels, record.Datum.Height, record.Datum.Width) =
                (image.Channels, image.Height, image.Width);
            record.Datum.Data = ByteString.CopyFrom(image.Pixels);
        }

        foreach (IGrouping<int, BoxedObject> objects in entry.Objects.GroupBy(item => item.Label))
        {
            record.AnnotationGroup.Add(GroupOf(objects, height, width));
        }

        return record;
    }

    private static AnnotationGroup GroupOf(IGrouping<int, BoxedObject> objects, int height, int width)
    {
        var group = new AnnotationGroup { GroupLabel = objects.Key };
        foreach (BoxedObject item in objects)
        {
            group.Annotation.Add(new Annotation
            {
                InstanceId = group.Annotation.Count,
                Bbox = new NormalizedBBox
                {
                    Xmin = item.XMin / width,
                    Ymin = item.YMin / height,
                    Xmax = item.XMax / width,
                    Ymax = item.YMax / height,
                    Difficult = item.IsDifficult,
                },
            });
        }

        return group;
    }

    private static string TypeOf(string path, int channels) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".png" => "png",
        ".bmp" when channels < 4 => "bmp",
        _ when channels == 4 => "png",
        _ => "jpg",
    };
}
