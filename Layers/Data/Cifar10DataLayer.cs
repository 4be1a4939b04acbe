using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Cifar;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>Cifar10Data</c>: CIFAR-10's binary version, held in memory. Tops: images [N, 3, 32, 32] with the channels red,
/// green, blue as the files have them, and, if named, labels [N]. Of a folder or an archive, training takes the five
/// training files and testing the test file; a single file is taken as it is.
/// </summary>
[LayerType("Cifar10Data")]
internal sealed class Cifar10DataLayer : ImageSourceLayer
{
    private static readonly ImageShape Shape = new(3, Cifar10Files.Side, Cifar10Files.Side);

    // The order of the labels, from batches.meta.txt of CIFAR-10.
    private static readonly string[] Names =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    private readonly Cifar10DataParameter parameter;
    private byte[][] files = [];
    private long count;

    /// <summary>Makes the layer.</summary>
    public Cifar10DataLayer(LayerContext context)
        : this(context, context.Parameter.Cifar10DataParam ?? new Cifar10DataParameter())
    {
    }

    private Cifar10DataLayer(LayerContext context, Cifar10DataParameter parameter)
        : base(context, new SourceOptions(
            parameter,
            Cifar10DataParameter.SourceFieldNumber,
            Cifar10DataParameter.BatchSizeFieldNumber,
            parameter.BatchSize,
            parameter.Prefetch)) =>
        this.parameter = parameter;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? ClassNames => Names;

    /// <inheritdoc/>
    public override bool IsRedFirst => true;

    private protected override long Count => count;

    private protected override bool IsShuffled => parameter.Shuffle;

    private protected override void Open(bool hasLabels)
    {
        if (parameter.Source.Length == 0)
        {
            throw Context.Error(
                parameter,
                Cifar10DataParameter.SourceFieldNumber,
                "source is missing in cifar10_data_param",
                "name CIFAR-10's folder, archive, or one file");
        }

        if (MakesUpFor(parameter.Source, Shape))
        {
            return;
        }

        try
        {
            files = Read(Context.Files.Find(parameter.Source));
        }
        catch (CnnException exception)
        {
            throw Context.Error(parameter, Cifar10DataParameter.SourceFieldNumber, exception);
        }

        count = files.Sum(f => (long)f.Length / Cifar10Files.RecordSize);
    }

    private protected override ImageShape ShapeOf(long item, int worker) => Shape;

    private protected override void Load(long item, int worker, ImageTarget target)
    {
        long at = item;
        int file = 0;
        while (at >= files[file].Length / Cifar10Files.RecordSize)
        {
            at -= files[file++].Length / Cifar10Files.RecordSize;
        }

        ReadOnlySpan<byte> record = files[file].AsSpan((int)at * Cifar10Files.RecordSize, Cifar10Files.RecordSize);
        target.Transform(Shape, record[1..], record[0]);
    }

    private protected override string NameOf(long item) => $"image {item} of '{parameter.Source}'";

    private byte[][] Read(string path)
    {
        if (path.EndsWith(".bin", StringComparison.OrdinalIgnoreCase))
        {
            return [Cifar10Files.ReadRecords(path)];
        }

        IReadOnlyDictionary<string, byte[]> all = Cifar10Files.Read(path);
        return [.. (Phase == Phase.Train ? Cifar10Files.Train : Cifar10Files.Test).Select(name => all[name])];
    }
}
