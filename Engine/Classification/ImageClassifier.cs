using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Classification;

/// <summary>
/// Classifies images with the first input and the first output of a net, with the preprocessing of pycaffe's
/// <c>Classifier</c>. Not thread-safe. The net stays the caller's, who may build it for
/// <see cref="NetOptions.Inference"/>.
/// </summary>
/// <remarks>
/// An image is read as red, green, blue from 0 to 1 without its alpha (as its luminance where the input has one
/// channel), resized, cropped, and each crop made the input's values: channels reordered, times
/// <see cref="ClassifierOptions.RawScale"/>, minus the mean, times <see cref="ClassifierOptions.InputScale"/>. Pixels
/// are those of <see cref="Cnn.Proto.Formats.Images.ImageDecoder"/>; unlike skimage it turns photographs as their EXIF
/// orientation says and reads 16 bits as 8.
/// </remarks>
public sealed class ImageClassifier
{
    private readonly Net net;
    private readonly Blob input, output;
    private readonly ImagePreparation preparation;

    /// <summary>Prepares a net for images; gives its input as many rows as the options say.</summary>
    /// <param name="net">The net.</param>
    /// <param name="options">How images become its input; null for pycaffe's defaults with the centre alone.</param>
    /// <exception cref="CnnException">The net takes no images, or an option does not fit it.</exception>
    public ImageClassifier(Net net, ClassifierOptions? options = null)
    {
        this.net = net;
        preparation = new ImagePreparation(net, options ?? new ClassifierOptions());
        input = preparation.Input;
        int batch = input.Dim(0);
        OutputName = net.Outputs[0];
        output = net.FindBlob(OutputName);
        if (output.AxisCount == 0 || output.Dim(0) != batch || output.Count == 0)
        {
            throw new CnnException(
                $"output '{OutputName}' of net '{net.Name}' has shape {output.ShapeText} for {batch} image(s)",
                "a classifier's has a row for each image: N x classes");
        }

        ClassCount = output.Count / batch;
    }

    /// <summary>The output's name.</summary>
    public string OutputName { get; }

    /// <summary>The values of the output for an image.</summary>
    public int ClassCount { get; }

    /// <summary>The channels of the input: 3, or 1 where images are made grey.</summary>
    public int Channels => preparation.Channels;

    /// <summary>
    /// Classifies images, in their order. While the net runs on some, the next ones are read on another thread. A
    /// faulty image gives scores with an error, and the others go on.
    /// </summary>
    /// <param name="images">The images.</param>
    /// <param name="cancel">Ends the work between two passes or images.</param>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public IEnumerable<ImageScores> Classify(IEnumerable<ImageInput> images, CancellationToken cancel = default)
    {
        CropLoader loader = preparation.NewLoader(images);
        CropBatch current = preparation.NewBatch(), next = preparation.NewBatch();
        var waiting = new Queue<PendingScores>();
        Task<bool> loading = Task.Run(() => loader.Fill(next, cancel), CancellationToken.None);
        try
        {
            for (bool isMore = true; isMore;)
            {
                Task.WaitAny([loading], cancel);
                isMore = loading.GetAwaiter().GetResult();
                (current, next) = (next, current);
                if (isMore)
                {
                    CropBatch target = next;
                    loading = Task.Run(() => loader.Fill(target, cancel), CancellationToken.None);
                }

                current.Images.ForEach(waiting.Enqueue);
                Run(current);
                while (waiting.TryPeek(out PendingScores? first) && first.IsComplete)
                {
                    yield return waiting.Dequeue().Result();
                }

                cancel.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            End(loading, loader, cancel);
        }
    }

    /// <summary>
    /// Requires that a net has an input with a shape. Without this, building it would fail in the layers that lack it.
    /// </summary>
    /// <exception cref="CnnException">It has no Input layer, or the first one has no shape.</exception>
    public static void RequireInput(NetDefinition definition)
    {
        LayerParameter layer = definition.Message.Layer.FirstOrDefault(l => l.Type == "Input")
            ?? throw ImagePreparation.NoInput(definition.Message.Name);
        if (layer.InputParam is not { Shape.Count: > 0 })
        {
            throw new CnnException(new Diagnostic(
                "the input has no shape",
                definition.Sources.Find(layer),
                "give it that of the images: input_param { shape { dim: 1 dim: 3 dim: 224 dim: 224 } }",
                layer.Name));
        }
    }

    // Reading from a pipe cannot be cancelled, so that thread is left behind then; else nothing goes on afterwards.
    private static void End(Task loading, CropLoader loader, CancellationToken cancel)
    {
        if (!cancel.IsCancellationRequested)
        {
            loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        }

        loading.ContinueWith(
            _ => loader.Dispose(),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    // The last batch is filled up with zeros, as in pycaffe: a net may depend on its number of rows.
    private void Run(CropBatch batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        Span<float> values = input.Data;
        batch.Values.CopyTo(values);
        values[batch.Values.Length..].Clear();
        net.Forward();
        ReadOnlySpan<float> scores = output.Data;
        for (int i = 0; i < batch.Count; i++)
        {
            batch.OwnerOf(i).Add(scores.Slice(i * ClassCount, ClassCount));
        }
    }
}
