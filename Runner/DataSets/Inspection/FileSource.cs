using Cnn.Layers.Data;
using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.ImageSets;

namespace Cnn.Runner.DataSets.Inspection;

/// <summary>Image files of a list, or of a folder of class folders.</summary>
internal sealed class FileSource : InspectedSource
{
    private readonly IReadOnlyList<ImageSetEntry> images;
    private readonly string root;

    private FileSource(string kind, IReadOnlyList<ImageSetEntry> images, string root, IReadOnlyList<string> classes) =>
        (Kind, this.images, this.root, Classes) = (kind, images, root, classes);

    /// <inheritdoc/>
    public override string Kind { get; }

    /// <inheritdoc/>
    public override long Count => images.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Classes { get; }

    /// <summary>Reads a list.</summary>
    /// <exception cref="CnnException">See <see cref="ImageList.Read"/>.</exception>
    public static FileSource OfList(string path, string root) => new("image list", ImageList.Read(path), root, []);

    /// <summary>Lists a folder of class folders.</summary>
    /// <exception cref="CnnException">See <see cref="ClassFolder.Read"/>.</exception>
    public static FileSource OfFolder(string path)
    {
        ClassFolder folder = ClassFolder.Read(path);
        return new FileSource(
            "folder of classes",
            folder.Images,
            Path.TrimEndingDirectorySeparator(path) + Path.DirectorySeparatorChar,
            folder.Classes);
    }

    /// <inheritdoc/>
    public override IRecordReader CreateReader() => new Reader(this);

    /// <inheritdoc/>
    public override string NameOf(long index) => images[(int)index].Path;

    // Layers decode files in colour or grey, so whatever can be decoded in colour is right. The channels are the
    // file's.
    private sealed class Reader(FileSource source) : IRecordReader
    {
        private readonly ImageReader reader = new();

        public RecordImage Read(long index)
        {
            ImageSetEntry entry = source.images[(int)index];
            ReadOnlySpan<byte> file = reader.ReadFile(source.root + entry.Path);
            PlanarImage image = reader.Decode(file, ImageColor.Colour);
            return new RecordImage
            {
                Kind = RecordKind.Encoded,
                Shape = new ImageShape(image.Channels, image.Height, image.Width),
                StoredChannels = ImageDecoder.TryReadSize(file, ImageColor.Stored, out int channels, out _, out _)
                    ? channels
                    : image.Channels,
                Label = entry.Label,
                Pixels = image.Pixels,
            };
        }

        public void Dispose() => reader.Dispose();
    }
}
