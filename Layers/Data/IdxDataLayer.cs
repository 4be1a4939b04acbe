using Cnn.Layers.Data.Transform;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats.Idx;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>IdxData</c>: images and labels from a pair of idx files, held in memory. Tops: images [N, 1, H, W] and, if named,
/// labels [N]. In the files' order, or with <c>shuffle</c> in an order that is a function of the seed and the epoch;
/// which images a batch holds is a function of the pass alone. <c>first</c> and <c>count</c> take a part of the files.
/// </summary>
[LayerType("IdxData")]
internal sealed unsafe class IdxDataLayer : Layer
{
    private readonly DataTransformer transformer;
    private readonly IdxDataParameter parameter;
    private readonly ulong orderKey;
    private int batch;
    private int first;
    private int count;
    private byte[] pixels = [];
    private byte[] labels = [];
    private ImageShape image;

    /// <summary>Makes the layer.</summary>
    public IdxDataLayer(LayerContext context)
        : base(context)
    {
        parameter = Parameter.IdxDataParam ?? new IdxDataParameter();
        transformer = new DataTransformer(context);
        orderKey = context.Random.Key(Parameter.Name, "order");
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        batch = BatchSize.Check(Context, parameter, IdxDataParameter.BatchSizeFieldNumber, parameter.BatchSize);
        if (parameter.Images.Length == 0)
        {
            throw Context.Error(parameter, IdxDataParameter.ImagesFieldNumber, "idx_data_param names no images");
        }

        if (!parameter.HasLabels && tops.Count > 1)
        {
            throw Context.Error(
                parameter, IdxDataParameter.LabelsFieldNumber, "idx_data_param names no labels, but there is a top for them");
        }

        IdxFile images = Read(IdxDataParameter.ImagesFieldNumber, () => IdxFile.ReadImages(Find(parameter.Images)));
        if (images.Count == 0)
        {
            throw Context.Error(parameter, IdxDataParameter.ImagesFieldNumber, $"'{parameter.Images}' holds no images");
        }

        if (parameter.HasLabels)
        {
            labels = Read(IdxDataParameter.LabelsFieldNumber, () => ReadLabels(images)).Data;
        }

        pixels = images.Data;
        image = new ImageShape(1, images.Shape[1], images.Shape[2]);
        ChoosePart(images.Count);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ImageShape top = transformer.Prepare(image);
        tops[0].Reshape(batch, top.Channels, top.Height, top.Width);
        if (tops.Count > 1)
        {
            tops[1].Reshape(batch);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        var load = new Load
        {
            Layer = this,
            Images = tops[0].DataPointer,
            Stride = tops[0].CountOf(1),
            Labels = tops.Count > 1 ? tops[1].DataPointer : null,
        };
        Context.Pool.Run(batch, ref load);
    }

    private void ChoosePart(int images)
    {
        if (parameter.First >= images)
        {
            throw Context.Error(
                parameter,
                IdxDataParameter.FirstFieldNumber,
                $"first is {parameter.First}, '{parameter.Images}' holds {images} images",
                $"at most {images - 1}");
        }

        first = (int)parameter.First;
        if (parameter.Count > images - first)
        {
            throw Context.Error(
                parameter,
                IdxDataParameter.CountFieldNumber,
                $"count is {parameter.Count}, '{parameter.Images}' holds {images - first} images from {first} on",
                $"at most {images - first}");
        }

        count = parameter.Count == 0 ? images - first : (int)parameter.Count;
    }

    private IdxFile ReadLabels(IdxFile images)
    {
        IdxFile read = IdxFile.ReadLabels(Find(parameter.Labels));
        IdxFile.RequirePair(images, read);
        return read;
    }

    private string Find(string path) => Context.Files.Find(path);

    private IdxFile Read(int field, Func<IdxFile> read)
    {
        try
        {
            return read();
        }
        catch (CnnException exception)
        {
            Diagnostic first = exception.Diagnostics[0];
            throw Context.Error(parameter, field, first.Message, first.Hint);
        }
    }

    private void LoadItem(int item, float* target, float* label)
    {
        long index = (Context.Clock.Pass * batch) + item;
        long place = index % count;
        long record = first + (parameter.Shuffle ? EpochOrder.ItemAt(orderKey, index / count, place, count) : place);
        transformer.Transform(pixels.AsSpan((int)(record * image.Count), image.Count), index, target);
        if (label != null)
        {
            *label = labels[record];
        }
    }

    private struct Load : IParts
    {
        public IdxDataLayer Layer;
        public float* Images;
        public float* Labels;
        public int Stride;

        public readonly void Run(int part, int worker) =>
            Layer.LoadItem(part, Images + ((long)part * Stride), Labels == null ? null : Labels + part);
    }
}
