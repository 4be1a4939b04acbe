using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Cifar;
using Cnn.Proto.Formats.Idx;

namespace Cnn.Runner.DataSets.Inspection;

/// <summary>Images of one size in files of plain bytes: idx or CIFAR-10's binary version.</summary>
internal sealed class BytesSource : InspectedSource
{
    private readonly byte[][] files;
    private readonly ImageShape shape;
    private readonly byte[]? labels;

    // The bytes of a record, and how many of them come before the pixels: the label, or nothing.
    private readonly int recordSize, before;

    private BytesSource(string kind, byte[][] files, ImageShape shape, int before, byte[]? labels)
    {
        (Kind, this.files, this.shape, this.before, this.labels) = (kind, files, shape, before, labels);
        recordSize = before + shape.Count;
    }

    /// <inheritdoc/>
    public override string Kind { get; }

    /// <inheritdoc/>
    public override long Count => recordSize == 0 ? 0 : files.Sum(file => (long)file.Length / recordSize);

    /// <inheritdoc/>
    public override bool HasLabels => before > 0 || labels is not null;

    /// <summary>Whether a folder holds files of CIFAR-10.</summary>
    public static bool IsCifar10Folder(string folder) => Cifar10Paths(folder).Length > 0;

    /// <summary>Reads the files of CIFAR-10 that are in a folder.</summary>
    /// <exception cref="CnnException">One is damaged.</exception>
    public static BytesSource OfCifar10Folder(string folder) => OfCifar10Files(Cifar10Paths(folder));

    /// <summary>Reads files of CIFAR-10's records.</summary>
    /// <exception cref="CnnException">One is damaged or is no such file.</exception>
    public static BytesSource OfCifar10Files(string[] paths) => new(
        "CIFAR-10 records",
        Array.ConvertAll(paths, Cifar10Files.ReadRecords),
        new ImageShape(3, Cifar10Files.Side, Cifar10Files.Side),
        before: 1,
        labels: null);

    /// <summary>Whether a file is an idx file, plain or compressed, as its first bytes show.</summary>
    /// <exception cref="CnnException">It cannot be read.</exception>
    public static bool IsIdx(string path)
    {
        using var file = FileText.OpenHandle(path);
        return FileText.Start(file, path, stackalloc byte[3]) is [0, 0, 8] or [0x1F, 0x8B, _];
    }

    /// <summary>Reads an idx file of images and the one of their labels.</summary>
    /// <param name="path">The images.</param>
    /// <param name="labels">The labels; null for the file beside it whose name says so, if there is one.</param>
    /// <exception cref="CnnException">A file is damaged, no idx file, or they do not belong together.</exception>
    public static BytesSource OfIdx(string path, string? labels)
    {
        IdxFile images = IdxFile.ReadImages(path);
        IdxFile? read = (labels ?? LabelsBeside(path)) is { } found ? IdxFile.ReadLabels(found) : null;
        if (read is not null)
        {
            IdxFile.RequirePair(images, read);
        }

        var shape = new ImageShape(1, images.Shape[1], images.Shape[2]);
        return new BytesSource(
            read is null ? "idx images without labels" : "idx images and labels", [images.Data], shape, 0, read?.Data);
    }

    /// <inheritdoc/>
    public override IRecordReader CreateReader() => new Reader(this);

    /// <inheritdoc/>
    public override string NameOf(long index) => $"{index}";

    private static string[] Cifar10Paths(string folder) =>
    [
        .. Cifar10Files.Train.Concat(Cifar10Files.Test).Select(name => Path.Combine(folder, name)).Where(File.Exists),
    ];

    private static string? LabelsBeside(string path)
    {
        string name = Path.GetFileName(path).Replace("images", "labels").Replace("idx3", "idx1");
        string beside = Path.Combine(Path.GetDirectoryName(path) ?? "", name);
        return beside != path && File.Exists(beside) ? beside : null;
    }

    private sealed class Reader(BytesSource source) : IRecordReader
    {
        public RecordImage Read(long index)
        {
            int file = 0;
            long first = 0;
            while (index - first >= source.files[file].Length / source.recordSize)
            {
                first += source.files[file++].Length / source.recordSize;
            }

            ReadOnlySpan<byte> record = source.files[file]
                .AsSpan((int)(index - first) * source.recordSize, source.recordSize);
            return new RecordImage
            {
                Kind = RecordKind.Raw,
                Shape = source.shape,
                Label = source.before > 0 ? record[0] : source.labels?[index] ?? 0,
                Pixels = record[source.before..],
                IsRgb = source.before > 0,
            };
        }

        public void Dispose()
        {
        }
    }
}
