using Cnn.Layers.Data.Transform;
using Cnn.Layers.Threading;
using Google.Protobuf;

namespace Cnn.Layers.Data;

/// <summary>
/// The base of the layers that read batches of images from a numbered source. Tops: images [N, C, H, W], transformed as
/// <c>transform_param</c> says, and, if named, labels [N]. Image i of a pass is number pass * N + i of all images
/// drawn; that number alone determines the item of the source, in the source's order or in one that is a function of
/// the seed and the epoch, so a resumed run goes on where it stopped.
/// </summary>
/// <remarks>
/// A source gives the number of its items, the shape of their images, and one item at a time: see <see cref="Count"/>,
/// <see cref="TopShape"/> and <see cref="Load"/>. Several threads load the items of a batch.
/// </remarks>
public abstract unsafe class ImageSourceLayer : Layer
{
    private readonly DataTransformer transformer;
    private readonly IMessage parameter;
    private readonly int batchSizeField;
    private readonly uint givenBatchSize;
    private readonly ulong orderKey;
    private TransformPlan? plan;

    /// <summary>Reads <c>transform_param</c>.</summary>
    /// <param name="context">The definition and the services of the net.</param>
    /// <param name="parameter">The layer's own parameter message.</param>
    /// <param name="batchSizeField">The field of its batch size, for errors.</param>
    /// <param name="batchSize">Its batch size.</param>
    private protected ImageSourceLayer(LayerContext context, IMessage parameter, int batchSizeField, uint batchSize)
        : base(context)
    {
        (this.parameter, this.batchSizeField, givenBatchSize) = (parameter, batchSizeField, batchSize);
        transformer = new DataTransformer(context);
        orderKey = context.Random.Key(Name, "order");
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(1, 2);

    /// <summary>Images in a batch, N.</summary>
    private protected int Batch { get; private set; }

    /// <summary>The transformation of images on their way into the net.</summary>
    private protected DataTransformer Transformer => transformer;

    /// <summary>How many items the source has; 0 for one without an end.</summary>
    private protected abstract long Count { get; }

    /// <summary>Whether each epoch takes the items in its own order.</summary>
    private protected virtual bool IsShuffled => false;

    /// <summary>The pass that begins with the first item.</summary>
    private protected virtual long FirstPass => 0;

    /// <inheritdoc/>
    public sealed override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Batch = BatchSize.Check(Context, parameter, batchSizeField, givenBatchSize);
        Open(hasLabels: tops.Count > 1);
    }

    /// <inheritdoc/>
    public sealed override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ImageShape shape = TopShape(Item(Index(0)));
        tops[0].Reshape(Batch, shape.Channels, shape.Height, shape.Width);
        if (tops.Count > 1)
        {
            ShapeLabels(tops[1]);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        var job = new LoadJob(
            this, tops[0].DataPointer, tops[0].CountOf(1), tops.Count > 1 ? tops[1].DataPointer : null);
        Context.Pool.Run(Batch, ref job);
    }

    /// <summary>Checks the definition and opens the source. The batch size is known.</summary>
    /// <param name="hasLabels">Whether the net wants labels.</param>
    private protected abstract void Open(bool hasLabels);

    /// <summary>Returns the shape that the images of a batch have in the top.</summary>
    /// <param name="first">The first item of the batch.</param>
    private protected abstract ImageShape TopShape(long first);

    /// <summary>
    /// Loads an item's image and label into its place in the batch. Called on several threads at the same time.
    /// </summary>
    /// <param name="item">The item, from 0 to <see cref="Count"/> - 1.</param>
    /// <param name="worker">The worker that loads it, for buffers per worker.</param>
    /// <param name="target">Its place.</param>
    private protected abstract void Load(long item, int worker, ImageTarget target);

    /// <summary>
    /// Plans the transformation of a batch whose images have a shape, and returns their shape after it.
    /// </summary>
    private protected ImageShape Plan(ImageShape image)
    {
        plan = transformer.Plan(image);
        return plan.Output;
    }

    /// <summary>Sets the shape of the labels' top.</summary>
    private protected virtual void ShapeLabels(Blob labels) => labels.Reshape(Batch);

    // Returns the index among all images drawn; below 0 in passes before the first.
    private long Index(int place) => ((Context.Clock.Pass - FirstPass) * Batch) + place;

    private long Item(long index)
    {
        long count = Count;
        if (count == 0)
        {
            return index;
        }

        long epoch = index / count, place = index % count;
        if (place < 0)
        {
            (epoch, place) = (epoch - 1, place + count);
        }

        return IsShuffled ? EpochOrder.ItemAt(orderKey, epoch, place, count) : place;
    }

    private readonly struct LoadJob(ImageSourceLayer layer, float* images, int size, float* labels) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            long index = layer.Index(part);
            layer.Load(layer.Item(index), worker, new ImageTarget(
                layer.plan, index, images + ((long)part * size), size, labels == null ? null : labels + part));
        }
    }
}
