using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>MemoryData</c>: images and labels that the program hands over, batch after batch, starting again after the last.
/// Tops: images [N, C, H, W], labels [N] until there is data and [N, 1, 1, 1] from then on, as in Caffe. Hand data over
/// with <see cref="Reset(ReadOnlyMemory{float}, ReadOnlyMemory{float})"/> or <see cref="Add"/> before the first pass.
/// </summary>
[LayerType("MemoryData")]
public sealed class MemoryDataLayer : ImageSourceLayer
{
    private readonly MemoryDataParameter parameter;
    private ReadOnlyMemory<float> images;
    private ReadOnlyMemory<float> labels;
    private ImageShape image;
    private long firstPass;
    private long added;

    /// <summary>Makes the layer.</summary>
    public MemoryDataLayer(LayerContext context)
        : this(context, context.Parameter.MemoryDataParam ?? new MemoryDataParameter())
    {
    }

    private MemoryDataLayer(LayerContext context, MemoryDataParameter parameter)
        : base(context, new SourceOptions(
            parameter, 0, MemoryDataParameter.BatchSizeFieldNumber, parameter.BatchSize, Prefetch: 0)) =>
        this.parameter = parameter;

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(2);

    private protected override long Count => labels.Length;

    private protected override long FirstPass => firstPass;

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (labels.IsEmpty && Context.MadeUp is null)
        {
            throw Context.Error(
                "has no data yet",
                "hand it over with Reset or Add before the first pass; a command cannot run such a net");
        }

        base.Forward(bottoms, tops);
    }

    /// <summary>
    /// Sets images and labels without a transformation, replacing earlier ones; the next pass begins with the first
    /// image. The memory is read in each pass and not copied: do not change it while the net uses it.
    /// </summary>
    /// <param name="newImages">The images, [n, C, H, W].</param>
    /// <param name="newLabels">The labels, [n]; n is a multiple of the batch size.</param>
    /// <exception cref="CnnException">The numbers of values do not fit.</exception>
    public void Reset(ReadOnlyMemory<float> newImages, ReadOnlyMemory<float> newLabels)
    {
        RequireBatches(newLabels.Length);
        if (newImages.Length != (long)newLabels.Length * image.Count)
        {
            throw Context.Error(
                $"{newLabels.Length} labels come with {newImages.Length} values of images",
                $"an image is {image}: {image.Count} values a label");
        }

        (images, labels, firstPass) = (newImages, newLabels, Context.Clock.Pass);
        EndMakingUp();
    }

    /// <summary>
    /// Sets images and labels from records, transformed as <c>transform_param</c> says, replacing earlier ones; the
    /// next pass begins with the first image. The random draws of a transformation are a function of how many images
    /// were added before.
    /// </summary>
    /// <param name="records">The images, raw or encoded; their number is a multiple of the batch size.</param>
    /// <exception cref="CnnException">
    /// The images have another size or cannot be decoded, or their number does not fit.
    /// </exception>
    public unsafe void Add(IReadOnlyList<Datum> records)
    {
        RequireBatches(records.Count);
        var newImages = new float[checked(records.Count * image.Count)];
        var newLabels = new float[records.Count];
        using var reader = new ImageReader();
        fixed (float* target = newImages)
        {
            for (int i = 0; i < records.Count; i++)
            {
                Transform(records[i], i, reader, target + ((long)i * image.Count));
                newLabels[i] = records[i].Label;
            }
        }

        added += records.Count;
        Reset(newImages, newLabels);
    }

    private protected override void Open(bool hasLabels)
    {
        image = new ImageShape(
            Size(parameter.Channels, "channels", MemoryDataParameter.ChannelsFieldNumber),
            Size(parameter.Height, "height", MemoryDataParameter.HeightFieldNumber),
            Size(parameter.Width, "width", MemoryDataParameter.WidthFieldNumber));
        long plane = (long)image.Height * image.Width;
        if (plane > int.MaxValue / 2 || plane * image.Channels > int.MaxValue / 2 / Batch)
        {
            throw Context.Error(parameter, 0, $"{Batch} images of {image} are too many values for a blob");
        }

        if (Context.MadeUp is not null)
        {
            MakeUp("no program has handed data over", image);
        }
    }

    // The images are transformed already.
    private protected override ImageShape TopShape(ImageShape first, ImageFit? resize, long index) => first;

    private protected override ImageShape ShapeOf(long item, int worker) => image;

    private protected override string NameOf(long item) => $"image {item}";

    private protected override void ShapeLabels(Blob labels)
    {
        if (this.labels.IsEmpty)
        {
            labels.Reshape(Batch);
        }
        else
        {
            labels.Reshape(Batch, 1, 1, 1);
        }
    }

    private protected override void Load(long item, int worker, ImageTarget target) => target.Copy(
        images.Span.Slice((int)item * image.Count, image.Count), labels.Span[(int)item]);

    private unsafe void Transform(Datum record, int place, ImageReader reader, float* target)
    {
        if (record.Encoded)
        {
            PlanarImage decoded = Decode(record, place, reader);
            var decodedShape = new ImageShape(decoded.Channels, decoded.Height, decoded.Width);
            PlanFor(decodedShape, place).Transform(decoded.Pixels, added + place, target);
            return;
        }

        var shape = new ImageShape(record.Channels, record.Height, record.Width);
        bool isBytes = record.Data.Length > 0;
        long count = (long)shape.Channels * shape.Height;
        if (shape.Channels <= 0 || shape.Height <= 0 || shape.Width <= 0 || count > int.MaxValue
            || count * shape.Width != (isBytes ? record.Data.Length : record.FloatData.Count))
        {
            throw Context.Error(
                $"record {place} is not a raw image: {shape}, {record.Data.Length} bytes, "
                + $"{record.FloatData.Count} floats");
        }

        TransformPlan plan = PlanFor(shape, place);
        if (isBytes)
        {
            plan.Transform(record.Data.Span, added + place, target);
        }
        else
        {
            plan.Transform(record.FloatData.ToArray(), added + place, target);
        }
    }

    private TransformPlan PlanFor(ImageShape shape, int place)
    {
        TransformPlan plan = PlanFor(shape);
        return plan.Output == image
            ? plan
            : throw Context.Error($"record {place} makes an image of {plan.Output}", $"memory_data_param says {image}");
    }

    private PlanarImage Decode(Datum record, int place, ImageReader reader)
    {
        try
        {
            return reader.Decode(record.Data.Span, Transformer.StoredColor);
        }
        catch (CnnException exception)
        {
            Diagnostic first = exception.Diagnostics[0];
            throw Context.Error($"record {place} cannot be decoded: {first.Message}", first.Hint);
        }
    }

    private int Size(uint size, string what, int field) => size switch
    {
        0 => throw Context.Error(
            parameter, field, $"{what} is missing or 0", "memory_data_param gives the size of an image"),
        > int.MaxValue => throw Context.Error(parameter, field, $"{what} {size} is too large"),
        _ => (int)size,
    };

    private void RequireBatches(int count)
    {
        if (Batch == 0)
        {
            throw new InvalidOperationException("the layer takes data only after it has been set up");
        }

        if (count == 0 || count % Batch != 0)
        {
            throw Context.Error(
                parameter,
                MemoryDataParameter.BatchSizeFieldNumber,
                $"{count} images are not a multiple of the batch size {Batch}",
                "every batch must be full");
        }
    }
}
