using Cnn.Engine.Classification;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Engine.Detection;

/// <summary>
/// Finds objects in images with a net whose first output has rows of seven values: image, class, score, and the box's
/// left, upper, right and lower side as shares of the image, as <c>DetectionOutput</c> and the YOLO outputs give them.
/// Not thread-safe. The net stays the caller's, who may build it for <see cref="NetOptions.Inference"/>.
/// </summary>
/// <remarks>
/// An image is decoded to blue, green, red (to grey where the input has one channel), resized bilinearly to the input's
/// size as OpenCV resizes, whatever its aspect, and then (pixel - mean) * scale.
/// </remarks>
public sealed class ImageDetector : IDisposable
{
    private const int RowSize = 7, ClassAt = 1, ScoreAt = 2, BoxAt = 3;

    private readonly Net net;
    private readonly DetectorOptions options;
    private readonly Blob input, output;
    private readonly float[]? mean;
    private readonly ImageDecoder decoder = new();
    private readonly PlanarImage decoded = new(), resized = new();
    private byte[] file = [];

    /// <summary>Prepares a net for images; gives its input one row.</summary>
    /// <param name="net">The net.</param>
    /// <param name="options">How images become its input; null for the defaults.</param>
    /// <exception cref="CnnException">
    /// The net takes no images or gives no detections, or the mean does not fit.
    /// </exception>
    public ImageDetector(Net net, DetectorOptions? options = null)
    {
        (this.net, this.options) = (net, options ?? new DetectorOptions());
        if (net.Inputs.Count == 0)
        {
            throw new CnnException($"net '{net.Name}' has no Input layer", "a detector's deploy net begins with one");
        }

        input = net.FindInput(net.Inputs[0]);
        if (input.AxisCount != 4 || input.Dim(1) is not (1 or 3))
        {
            throw new CnnException(
                $"input '{net.Inputs[0]}' of net '{net.Name}' has shape {input.ShapeText}",
                "a detector takes images: N x 3 x H x W, or one channel");
        }

        input.Reshape(1, input.Dim(1), input.Dim(2), input.Dim(3));
        net.Reshape();
        output = net.FindBlob(net.Outputs[0]);
        if (output.AxisCount == 0 || output.Dim(output.AxisCount - 1) != RowSize)
        {
            throw new CnnException(
                $"output '{net.Outputs[0]}' of net '{net.Name}' has shape {output.ShapeText}",
                "a detector's last layer, such as DetectionOutput, gives rows of seven values");
        }

        mean = this.options.Mean?.For(input.Dim(1), input.Dim(2), input.Dim(3));
    }

    /// <summary>
    /// Finds the objects in images, in their order. A faulty image gives an error, and the others go on.
    /// </summary>
    /// <param name="images">The images.</param>
    /// <param name="cancel">Ends the work between two images.</param>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public IEnumerable<ImageDetections> Detect(IEnumerable<ImageInput> images, CancellationToken cancel = default)
    {
        foreach (ImageInput image in images)
        {
            cancel.ThrowIfCancellationRequested();
            yield return Detect(image);
        }
    }

    /// <summary>Frees what the reading of images holds; the net stays.</summary>
    public void Dispose() => decoder.Dispose();

    private ImageDetections Detect(ImageInput image)
    {
        try
        {
            int length = image.Read(ref file);
            ImageColor color = input.Dim(1) == 1 ? ImageColor.Grey : ImageColor.Colour;
            decoder.Decode(file.AsSpan(0, length), color, decoded);
        }
        catch (CnnException exception)
        {
            return new ImageDetections(image, 0, 0, [], exception.In(image.Name));
        }

        ImageResizer.Resize(decoded, input.Dim(2), input.Dim(3), resized);
        Span<float> values = input.Data;
        ReadOnlySpan<byte> pixels = resized.Pixels;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (pixels[i] - (mean is null ? 0 : mean[i])) * options.Scale;
        }

        net.Forward();
        return new ImageDetections(image, decoded.Width, decoded.Height, Detections(), null);
    }

    // A row of class -1 says that nothing was found.
    private List<Detection> Detections()
    {
        List<Detection> found = [];
        ReadOnlySpan<float> rows = output.Data;
        for (; rows.Length >= RowSize; rows = rows[RowSize..])
        {
            if (rows[ClassAt] >= 0 && rows[ScoreAt] >= options.Threshold)
            {
                found.Add(new Detection(
                    (int)rows[ClassAt],
                    rows[ScoreAt],
                    rows[BoxAt] * decoded.Width,
                    rows[BoxAt + 1] * decoded.Height,
                    rows[BoxAt + 2] * decoded.Width,
                    rows[BoxAt + 3] * decoded.Height));
            }
        }

        found.Sort((a, b) => b.Score.CompareTo(a.Score));
        return found;
    }
}
