using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Cnn.Fillers;
using Cnn.Layers.Data.Boxes;
using Cnn.Layers.Data.Transform;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers.Data;

/// <summary>
/// The base of the layers that read batches of images from a numbered source. Tops: images [N, C, H, W], transformed as
/// <c>transform_param</c> says, and, if named, labels [N]. Image i of a pass is number pass * N + i of all images
/// drawn; that number alone determines the item of the source, in the source's order or in one that is a function of
/// the seed and the epoch, so a resumed run goes on where it stopped.
/// </summary>
/// <remarks>
/// <para>
/// A source gives the number of its items, the shape of an item's image, and one item at a time: see
/// <see cref="Count"/>, <see cref="ShapeOf"/> and <see cref="Load"/>. Several threads load the items of a batch: those
/// of a <see cref="BatchQueue"/> ahead of the net, or without prefetching the net's own.
/// </para>
/// <para>
/// An item that cannot be loaded ends the pass with an error, unless <c>skip_bad_records</c> allows it: then the next
/// good item takes its place, so that a batch is still a function of the pass alone.
/// </para>
/// </remarks>
public abstract unsafe class ImageSourceLayer : Layer
{
    private const int MostBatchesAhead = 1024;

    private readonly SourceOptions options;
    private readonly ulong orderKey;
    private readonly ImageBatch direct = new();
    private readonly HashSet<long> skipped = [];
    private readonly ImageReader?[] readers;
    private BatchQueue? queue;
    private ImageScratch[] scratch = [];
    private MadeUpImages? madeUp;
    private TransformPlan? plan;
    private int topCount;
    private bool hasLabels;
    private long waited;

    /// <summary>Reads <c>transform_param</c>.</summary>
    /// <param name="context">The definition and the services of the net.</param>
    /// <param name="options">The options that every source has.</param>
    private protected ImageSourceLayer(LayerContext context, SourceOptions options)
        : base(context)
    {
        this.options = options;
        Transformer = new DataTransformer(context);
        orderKey = context.Random.Key(Name, "order");
        readers = new ImageReader[WorkerCount];
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override long? SourceCount => IsMadeUp || Count == 0 ? null : Count;

    /// <inheritdoc/>
    public sealed override TimeSpan WaitedForData => Stopwatch.GetElapsedTime(0, waited);

    /// <summary>Images in a batch, N.</summary>
    internal int Batch { get; private set; }

    /// <summary>Whether images of bytes are resized or damaged on their way.</summary>
    internal bool EditsImages => Transformer.EditsImages(KnowsBoxes);

    /// <summary>The number of threads that may load items at the same time, for buffers of each.</summary>
    private protected int WorkerCount => Context.Pool.ThreadCount;

    /// <summary>The transformation of images on their way into the net.</summary>
    private protected DataTransformer Transformer { get; }

    /// <summary>How many items the source has; 0 for one without an end.</summary>
    private protected abstract long Count { get; }

    /// <summary>Whether each epoch takes the items in its own order.</summary>
    private protected virtual bool IsShuffled => false;

    /// <summary>Whether the source resizes images by <c>scale_factors</c>.</summary>
    private protected virtual bool TakesScales => false;

    /// <summary>Whether the source can have boxes around objects.</summary>
    private protected virtual bool KnowsBoxes => false;

    /// <summary>
    /// Whether the second top has the boxes of a batch's images, [1, 1, B, 8] (see <see cref="BoxRows"/>), instead of
    /// labels; known once the source is open.
    /// </summary>
    private protected virtual bool HasBoxes => false;

    /// <summary>
    /// The frames of a clip, L, for images [N, C, L, H, W]; null for images [N, C, H, W]. The frames of a clip count as
    /// rows of one image, L * H of them, wherever a shape has three sizes.
    /// </summary>
    private protected virtual int? Frames => null;

    /// <summary>The number of tops that the net wants; known once the source is opened.</summary>
    private protected int TopsWanted => topCount;

    /// <summary>The pass that begins with the first item.</summary>
    private protected virtual long FirstPass => 0;

    /// <summary>Items that are left out at the start of the first epoch.</summary>
    private protected virtual long FirstItem => 0;

    /// <inheritdoc/>
    public sealed override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Batch = BatchSize.Of(Context, options.Parameter, options.BatchSizeField, options.BatchSize);
        if (options.Prefetch > MostBatchesAhead)
        {
            throw Context.Error(
                options.Parameter,
                0,
                $"prefetch {options.Prefetch} is too large",
                $"a few batches are enough; at most {MostBatchesAhead}");
        }

        topCount = tops.Count;
        hasLabels = tops.Count > 1;
        if (!KnowsBoxes)
        {
            Transformer.WarnOfBoxes(TakesScales);
        }

        scratch = [.. Enumerable.Range(0, WorkerCount).Select(_ => new ImageScratch())];
        Open(hasLabels);
        if (madeUp is null)
        {
            Transformer.WarnOfMean();
        }
    }

    /// <inheritdoc/>
    public sealed override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ImageShape shape = madeUp?.Shape ?? (queue is null ? FindShape(Context.Clock.Pass) : Take().Shape);
        RequireSize(shape);
        if (Frames is { } frames)
        {
            tops[0].Reshape(Batch, shape.Channels, frames, shape.Height / frames, shape.Width);
        }
        else
        {
            tops[0].Reshape(Batch, shape.Channels, shape.Height, shape.Width);
        }

        for (int top = 1; top < tops.Count; top++)
        {
            if (PlanesOf(top, shape) is { } planes)
            {
                RequireSize(planes);
                tops[top].Reshape(Batch, planes.Channels, planes.Height, planes.Width);
            }
            else if (!HasBoxes)
            {
                ShapeLabels(tops[top]);
            }
            else if (top == 1)
            {
                ShapeBoxes(tops);
            }
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        bool hasBoxes = hasLabels && HasBoxes;
        float* labels = WantsLabels ? tops[1].DataPointer : null;
        if (options.Prefetch == 0 || madeUp is not null)
        {
            int rows = tops[0].Dim(2) * (Frames is null ? 1 : tops[0].Dim(3));
            var shape = new ImageShape(tops[0].Dim(1), rows, tops[0].Dim(-1));
            direct.SetTops(tops.Count);
            for (int top = 1; top < tops.Count; top++)
            {
                direct.PlanesOf(top).SetTarget(PlanesOf(top, shape), tops[top]);
            }

            LoadNow(shape, tops[0].DataPointer, labels);
            if (hasBoxes)
            {
                WriteBoxes(direct, tops);
            }

            return;
        }

        queue ??= new BatchQueue(
            this, (int)options.Prefetch, WorkerCount, Context.Clock.Pass, Context.Clock.Share);
        ImageBatch batch = Take();
        ReportSkipped(batch);
        new ReadOnlySpan<float>(batch.Images, tops[0].Count).CopyTo(tops[0].Data);
        if (labels != null)
        {
            new ReadOnlySpan<float>(batch.Labels, Batch).CopyTo(tops[1].Data);
        }

        for (int top = 1; top < tops.Count; top++)
        {
            batch.PlanesOf(top).CopyTo(tops[top]);
        }

        if (hasBoxes)
        {
            WriteBoxes(batch, tops);
        }
    }

    /// <summary>Ends the loading ahead and closes the source.</summary>
    public override void Dispose()
    {
        queue?.Dispose();
        queue = null;
        foreach (ImageReader? reader in readers)
        {
            reader?.Dispose();
        }

        Close();
        foreach (ImageScratch images in scratch)
        {
            images.Dispose();
        }

        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Finds the shape of a batch and gives it buffers; an error is the batch's fault.</summary>
    internal void Prepare(ImageBatch batch, int worker)
    {
        try
        {
            ImageShape shape = FindShape(batch, worker);
            batch.SetTops(topCount);
            for (int top = 1; top < topCount; top++)
            {
                batch.PlanesOf(top).SetSize(PlanesOf(top, shape), Batch);
            }

            batch.SetSize(shape, Batch, WantsLabels);
            ReserveBoxes(batch);
        }
        catch (Exception exception)
        {
            batch.Fail(Index(batch.Pass, 0), exception);
        }
    }

    /// <summary>Loads the images <paramref name="start"/> to <paramref name="end"/> - 1 of a batch.</summary>
    internal void LoadPart(ImageBatch batch, int start, int end, int worker)
    {
        for (int place = start; place < end; place++)
        {
            long index = Index(batch.Pass, place);
            try
            {
                LoadImage(batch, place, index, worker);
            }
            catch (Exception exception)
            {
                batch.Fail(index, exception);
            }
        }
    }

    /// <summary>Returns a worker's buffers for changing images.</summary>
    internal ImageScratch ScratchOf(int worker) => scratch[worker];

    /// <summary>
    /// Resizes and damages an image as <c>resize_param</c>, <c>noise_param</c> and the like say; see
    /// <see cref="DataTransformer.Edit"/>.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="index">Its index among all images drawn.</param>
    /// <returns>How <c>resize_param</c> resized it; null where it did not.</returns>
    internal ImageFit? Edit(ImageScratch image, long index) =>
        Transformer.Edit(image, index, BatchOf(index), KnowsBoxes);

    /// <summary>Returns the number of the batch that an image is in.</summary>
    /// <param name="index">Its index among all images drawn.</param>
    private protected long BatchOf(long index) =>
        index < 0 ? ((index + 1) / Batch) - 1 : index / Batch;

    /// <summary>Returns the plan for images of a shape; called by any thread.</summary>
    internal TransformPlan PlanFor(ImageShape shape)
    {
        TransformPlan? last = Volatile.Read(ref plan);
        if (last is not null && last.Image == shape)
        {
            return last;
        }

        lock (Transformer)
        {
            TransformPlan made = Transformer.Plan(shape);
            Volatile.Write(ref plan, made);
            return made;
        }
    }

    /// <summary>Returns how many items <c>rand_skip</c> leaves out at the start; a function of the seed.</summary>
    /// <param name="below">What it is below; 0 for none.</param>
    private protected long RandomSkip(uint below)
    {
        if (below == 0)
        {
            return 0;
        }

        var (draw, _, _, _) = PhiloxRandom.Block(Context.Random.Key(Name, "rand_skip"), 0, 0);
        return (long)(((ulong)draw * below) >> 32);
    }

    /// <summary>Checks the definition and opens the source. The batch size is known.</summary>
    /// <param name="hasLabels">Whether the net wants labels.</param>
    private protected abstract void Open(bool hasLabels);

    /// <summary>Closes the source. No other thread uses it any more.</summary>
    private protected virtual void Close()
    {
    }

    /// <summary>Returns the shape of an item's image before the transformation.</summary>
    /// <param name="item">The item, from 0 to <see cref="Count"/> - 1.</param>
    /// <param name="worker">The worker that asks, from 0 to <see cref="WorkerCount"/> - 1.</param>
    /// <exception cref="CnnException">The item cannot be used; the message says why, not which it is.</exception>
    private protected abstract ImageShape ShapeOf(long item, int worker);

    /// <summary>
    /// Loads an item's image and label into its place in the batch. Called on several threads at the same time.
    /// </summary>
    /// <param name="item">The item, from 0 to <see cref="Count"/> - 1.</param>
    /// <param name="worker">The worker that loads it, from 0 to <see cref="WorkerCount"/> - 1.</param>
    /// <param name="target">Its place.</param>
    /// <exception cref="CnnException">The item cannot be used; the message says why, not which it is.</exception>
    private protected abstract void Load(long item, int worker, ImageTarget target);

    /// <summary>Returns the reader of image files of one worker, which keeps its buffers.</summary>
    private protected ImageReader ReaderOf(int worker) => readers[worker] ??= new ImageReader();

    /// <summary>Names an item in an error, such as <c>record 3 ('00000003') of 'train_lmdb'</c>.</summary>
    private protected abstract string NameOf(long item);

    /// <summary>Returns the shape that images have in the top.</summary>
    /// <param name="image">The shape of the batch's first image.</param>
    /// <param name="resize">How <c>resize_param</c> resizes the batch; null where it does not.</param>
    /// <param name="index">The index of that image among all images drawn since training began.</param>
    private protected virtual ImageShape TopShape(ImageShape image, ImageFit? resize, long index) =>
        Transformer.CutShape(image.Channels) ?? PlanFor(resize?.ShapeOf(image) ?? image).Output;

    /// <summary>Sets the shape of the labels' top.</summary>
    private protected virtual void ShapeLabels(Blob labels) => labels.Reshape(Batch);

    /// <summary>Sets the shapes of the tops of boxes, as far as they are known before the batch is loaded.</summary>
    private protected virtual void ShapeBoxes(IReadOnlyList<Blob> tops)
    {
        if (tops[1].LegacyDim(3) != BoxRows.Length)
        {
            tops[1].Reshape(1, 1, 1, BoxRows.Length);
        }
    }

    /// <summary>Writes the boxes of a batch into their tops, and sets their shapes.</summary>
    private protected virtual void WriteBoxes(ImageBatch batch, IReadOnlyList<Blob> tops) =>
        BoxRows.Write(batch.Boxes, tops[1]);

    /// <summary>Returns the images of noise that stand for those of a source that is not here.</summary>
    /// <param name="shape">Their shape in the top.</param>
    private protected virtual MadeUpImages Noise(ImageShape shape) => Transformer.MakeUp(shape);

    /// <summary>Returns the object of a made-up image.</summary>
    /// <param name="shape">The image's shape in the top.</param>
    private protected virtual LabelledBox MadeUpObject(ImageShape shape) =>
        new(1, 0, new Box(0.25f, 0.25f, 0.75f, 0.75f), IsDifficult: false);

    /// <summary>
    /// Returns the shape of what a top besides the images has for each image, [C, H, W], such as a map of labels; null
    /// for a top of labels or boxes.
    /// </summary>
    /// <param name="top">The top, from 1.</param>
    /// <param name="image">The shape that the images have in the first top.</param>
    private protected virtual ImageShape? PlanesOf(int top, ImageShape image) => null;

    /// <summary>
    /// Whether the images are made up, since their file is not here and the net is only looked at; asked by
    /// <see cref="Open"/> of a file that the definition names.
    /// </summary>
    /// <param name="file">The file or folder.</param>
    /// <param name="told">What the layer's own parameters tell of the images' shape; 0 where they tell nothing.</param>
    /// <exception cref="CnnException">Nothing tells the size of the images.</exception>
    private protected bool MakesUpFor(string file, ImageShape told = default)
    {
        if (Context.MadeUp is not null && !Path.Exists(Context.Files.Find(file)))
        {
            MakeUp($"'{file}' is not here", told);
        }

        return madeUp is not null;
    }

    /// <summary>Makes up the images; see <see cref="MakesUpFor"/>.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="told">What the layer's own parameters tell of the images' shape.</param>
    private protected void MakeUp(string reason, ImageShape told)
    {
        string top = Parameter.Top[0];
        ImageShape shape = Context.MadeUp!.ShapeOf(top) is { } given ? Given(given)
            : Stacked(Transformer.MadeUpShape(told));
        if (shape.Height == 0)
        {
            throw Context.Error(
                options.Parameter,
                options.SourceField,
                $"{reason}, and nothing tells the size of its images",
                $"--shape {top}={Batch}x{shape.Channels}x{(Frames is null ? "" : $"{Frames}x")}227x227 would");
        }

        madeUp = Noise(shape);
        string text = Frames is { } frames
            ? $"{shape.Channels} x {frames} x {shape.Height / frames} x {shape.Width}"
            : shape.ToString();
        Context.Warning(
            options.Parameter, options.SourceField, $"'{top}' ({Batch} x {text}) is made up: {reason}");

        ImageShape Given(int[] given) => Frames is null && given.Length == 4
            ? new ImageShape(given[1], given[2], given[3])
            : Frames is { } frames && given.Length == 5 && given[2] == frames
            ? Stacked(new ImageShape(given[1], given[3], given[4]))
            : throw Context.Error(
                $"'{top}' cannot have the shape {MadeUpData.Text(given)}",
                Frames is null ? "images are N x C x H x W" : $"clips are N x C x {Frames} x H x W");
    }

    /// <summary>Returns the shape of a clip whose frames have a shape, and an image's as it is.</summary>
    private protected ImageShape Stacked(ImageShape frame) => frame with { Height = frame.Height * (Frames ?? 1) };

    /// <summary>Whether the images are made up.</summary>
    private protected bool IsMadeUp => madeUp is not null;

    /// <summary>Uses the source from now on, which has come to have items.</summary>
    private protected void EndMakingUp() => madeUp = null;

    private bool WantsLabels => hasLabels && !HasBoxes && PlanesOf(1, default) is null;

    private void RequireSize(ImageShape shape)
    {
        if (BlobSize.Of(Batch, shape.Channels, shape.Height, shape.Width) > int.MaxValue / 2)
        {
            throw Context.Error(
                options.Parameter,
                options.BatchSizeField,
                $"batch_size {Batch} times images of {shape} are too many values for a blob");
        }
    }

    private ImageBatch Take()
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            return queue!.Take(Context.Clock.Pass, Context.Clock.Share);
        }
        finally
        {
            waited += Stopwatch.GetTimestamp() - start;
        }
    }

    private void LoadNow(ImageShape shape, float* images, float* labels)
    {
        long start = Stopwatch.GetTimestamp();
        direct.Begin(Context.Clock.Pass);
        direct.SetTarget(shape, images, labels);
        ReserveBoxes(direct);
        var job = new LoadJob(this, direct);
        Context.Pool.Run(Batch, ref job);
        if (direct.Fault is { } fault)
        {
            ExceptionDispatchInfo.Throw(fault);
        }

        ReportSkipped(direct);
        waited += Stopwatch.GetTimestamp() - start;
    }

    private void ReserveBoxes(ImageBatch batch)
    {
        if (hasLabels && HasBoxes)
        {
            batch.SetBoxes(Batch);
        }
    }

    private ImageShape FindShape(long pass)
    {
        direct.Begin(pass);
        return FindShape(direct, worker: 0);
    }

    private ImageShape FindShape(ImageBatch batch, int worker)
    {
        long index = Index(batch.Pass, 0);
        long item = ItemAt(index);
        for (long tried = 1; ; tried++)
        {
            try
            {
                return TopShape(ShapeOf(item, worker), Transformer.ResizeOf(BatchOf(index)), index);
            }
            catch (CnnException exception)
            {
                item = After(item, exception, tried, index, batch);
            }
        }
    }

    private void LoadImage(ImageBatch batch, int place, long index, int worker)
    {
        if (madeUp is not null)
        {
            var target = new ImageTarget(this, batch, place, index, worker);
            madeUp.Draw(index, target.Values);
            target.SetLabel(0);
            for (int top = 1; top < topCount; top++)
            {
                target.Planes(top).Clear();
            }

            if (hasLabels && HasBoxes)
            {
                target.Boxes.Clear();
                target.Boxes.Add(MadeUpObject(target.Shape));
            }

            return;
        }

        long item = ItemAt(index);
        for (long tried = 1; ; tried++)
        {
            try
            {
                Load(item, worker, new ImageTarget(this, batch, place, index, worker));
                return;
            }
            catch (CnnException exception)
            {
                item = After(item, exception, tried, index, batch);
            }
        }
    }

    // Passes over an item where that is allowed. Whether the whole run has passed over too many is known only in the
    // order of the passes, and so when the net takes the batch.
    private long After(long item, CnnException exception, long tried, long index, ImageBatch batch)
    {
        if (tried > options.SkipBadRecords || tried == Count)
        {
            throw Located(item, exception);
        }

        batch.Skip(new SkippedRecord(index, item, exception));
        return item + 1 == Count ? 0 : item + 1;
    }

    private void ReportSkipped(ImageBatch batch)
    {
        if (batch.Skipped.Count == 0)
        {
            return;
        }

        batch.Skipped.Sort((a, b) => a.Index.CompareTo(b.Index));
        foreach (SkippedRecord record in batch.Skipped)
        {
            if (!skipped.Add(record.Item))
            {
                continue;
            }

            if (skipped.Count > options.SkipBadRecords)
            {
                throw Located(record.Item, record.Error);
            }

            Context.Warning(
                options.Parameter,
                options.SourceField,
                $"{NameOf(record.Item)} is skipped ({skipped.Count} of at most {options.SkipBadRecords}): "
                + record.Error.Diagnostics[0].Message,
                record.Error.Diagnostics[0].Hint);
        }
    }

    private CnnException Located(long item, CnnException exception)
    {
        Diagnostic first = exception.Diagnostics[0];
        string many = options.SkipBadRecords == 0
            ? ""
            : $" (more than the {options.SkipBadRecords} that skip_bad_records allows)";
        string text = $"{NameOf(item)}: {first.Message}{many}";
        Diagnostic located = first.Layer is null
            ? Context.Error(options.Parameter, options.SourceField, text, first.Hint).Diagnostics[0]
            : first with { Message = text };
        return new CnnException([located], exception) { IsOfTheMachine = exception.IsOfTheMachine };
    }

    // Returns the index among all images drawn; below 0 in passes before the first.
    private long Index(long pass, int place) => ((pass - FirstPass) * Batch) + place;

    private long ItemAt(long index)
    {
        long count = Count;
        if (count == 0)
        {
            return index;
        }

        index += FirstItem;
        long epoch = index / count, place = index % count;
        if (place < 0)
        {
            (epoch, place) = (epoch - 1, place + count);
        }

        return IsShuffled ? EpochOrder.ItemAt(orderKey, epoch, place, count) : place;
    }

    private readonly struct LoadJob(ImageSourceLayer layer, ImageBatch batch) : IParallelJob
    {
        public void Run(int part, int worker) => layer.LoadPart(batch, part, part + 1, worker);
    }
}
