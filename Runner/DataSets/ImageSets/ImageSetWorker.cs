using Cnn.Layers.Data;
using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.ImageSets;

namespace Cnn.Runner.DataSets.ImageSets;

/// <summary>One thread's maker of records from image files.</summary>
/// <param name="root">What is put in front of each path, as it is.</param>
/// <param name="options">How images become records.</param>
internal sealed class ImageSetWorker(string root, ImageSetOptions options) : IDisposable
{
    private readonly ImageReader reader = new();

    private ImageColor Color => options.Gray ? ImageColor.Grey : ImageColor.Colour;

    /// <summary>Makes the record of an image, or says why there is none.</summary>
    public void Make(ImageSetEntry entry, ImageSetRecord record)
    {
        try
        {
            MakeRecord(entry, record);
            record.Problem = null;
        }
        catch (CnnException exception) when (!exception.IsOfTheMachine)
        {
            record.Problem = exception.Message;
        }
        catch (CnnException exception) when (exception.InnerException is OutOfMemoryException)
        {
            throw exception.In(root + entry.Path);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => reader.Dispose();

    // A file that stays as it is is decoded all the same: what cannot be decoded must not get into the database.
    private void MakeRecord(ImageSetEntry entry, ImageSetRecord record)
    {
        ReadOnlySpan<byte> file = reader.ReadFile(root + entry.Path);
        PlanarImage image = reader.Decode(file, Color);
        if (options.Resizes)
        {
            image = reader.Resize(image, options.ResizeHeight, options.ResizeWidth);
        }

        record.Shape = new ImageShape(image.Channels, image.Height, image.Width);
        if (!options.WritesFiles)
        {
            record.Buffer.WriteImage(
                image.Channels, image.Height, image.Width, image.Pixels, entry.Label, saysRaw: true);
            return;
        }

        string type = TypeOf(entry.Path);
        record.Buffer.WriteFile(IsKept(entry.Path, file, type) ? file : ImageEncoder.Encode(image, type), entry.Label);
    }

    private string TypeOf(string path)
    {
        string type = options.EncodeType.Length > 0 ? options.EncodeType : Path.GetExtension(path);
        return type.Length > 0
            ? type
            : throw new CnnException("its name does not say the type of file to write", "give an encode_type");
    }

    // The channels are those that a Data layer will find, which decodes a file with the channels that it has.
    private bool IsKept(string path, ReadOnlySpan<byte> file, string type) =>
        !options.Resizes
        && Plain(Path.GetExtension(path)) == Plain(type)
        && ImageDecoder.TryReadSize(file, ImageColor.Stored, out int channels, out _, out _)
        && channels == (options.Gray ? 1 : 3);

    private static string Plain(string type) => type.TrimStart('.').ToLowerInvariant() switch
    {
        "jpeg" => "jpg",
        string other => other,
    };
}
