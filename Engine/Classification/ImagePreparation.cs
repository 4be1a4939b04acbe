using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Classification;

/// <summary>
/// How images become the first input of a net: the size that they get, their crops, what is done with them.
/// </summary>
internal sealed class ImagePreparation
{
    private const int LargestSide = 1 << 15, LargestImage = 1 << 26;

    private readonly (int Height, int Width) size, crop;
    private readonly Crop[] crops;
    private readonly InputTransform transform;

    /// <summary>Prepares a net for images; gives its input as many rows as the options say.</summary>
    /// <exception cref="CnnException">The net takes no images, or an option does not fit it.</exception>
    public ImagePreparation(Net net, ClassifierOptions options)
    {
        Input = RequireInput(net);
        int batch = options.Batch ?? Input.Dim(0);
        Channels = Input.Dim(1);
        crop = (Input.Dim(2), Input.Dim(3));
        size = SizeOf(options, crop);
        crops = options.Oversample
            ? Crop.Ten(size.Height, size.Width, crop.Height, crop.Width)
            : Crop.Centre(size.Height, size.Width, crop.Height, crop.Width);
        transform = new InputTransform(
            ChannelsOf(options.ChannelSwap, Channels),
            options.RawScale,
            options.Mean?.For(Channels, crop.Height, crop.Width),
            options.InputScale);
        Input.Reshape(batch, Channels, crop.Height, crop.Width);
        net.Reshape();
    }

    /// <summary>The input.</summary>
    public Blob Input { get; }

    /// <summary>The channels of the input: 3, or 1 where images are made grey.</summary>
    public int Channels { get; }

    /// <summary>Returns what loads images into batches.</summary>
    public CropLoader NewLoader(IEnumerable<ImageInput> images) =>
        new(images, Channels == 1, size, crop, crops, transform);

    /// <summary>Returns an empty batch as large as the input.</summary>
    public CropBatch NewBatch() => new(Input.Dim(0), Channels * crop.Height * crop.Width);

    /// <summary>Returns the error of a net that takes no images.</summary>
    public static CnnException NoInput(string net) => new(
        $"net '{net}' has no Input layer that images could go into",
        "a deploy net has one, of the shape N x 3 x H x W");

    private static Blob RequireInput(Net net)
    {
        if (net.Inputs.Count == 0)
        {
            throw NoInput(net.Name);
        }

        Blob blob = net.FindInput(net.Inputs[0]);
        return blob.AxisCount == 4 && blob.Dim(1) is 1 or 3 && blob.Count > 0
            ? blob
            : throw new CnnException(
                $"input '{net.Inputs[0]}' of net '{net.Name}' has shape {blob.ShapeText}, which is not that of images",
                "it is N x 3 x H x W for colour and N x 1 x H x W for grey");
    }

    private static (int Height, int Width) SizeOf(ClassifierOptions options, (int Height, int Width) crop)
    {
        const int Usual = 256;
        var size = options.ImageSize
            ?? (options.Oversample ? (Math.Max(Usual, crop.Height), Math.Max(Usual, crop.Width)) : crop);
        if (size.Height < crop.Height || size.Width < crop.Width)
        {
            throw new CnnException(
                $"images of {size.Height} x {size.Width} hold no crop of the net's input, {crop.Height} x {crop.Width}",
                "resize them to the input's size or more");
        }

        return size is { Height: <= LargestSide, Width: <= LargestSide }
            && (long)size.Height * size.Width <= LargestImage
                ? size
                : throw new CnnException(
                    $"images of {size.Height} x {size.Width} are too large",
                    $"at most {LargestSide} a side and {LargestImage} pixels");
    }

    private static int[] ChannelsOf(IReadOnlyList<int>? swap, int channels)
    {
        IEnumerable<int> own = Enumerable.Range(0, channels);
        int[] order = swap is null ? [.. own.Reverse()] : swap.Count == 0 ? [.. own] : [.. swap];
        return order.Order().SequenceEqual(Enumerable.Range(0, channels))
            ? order
            : throw new CnnException(
                $"{string.Join(',', order)} is no order of the {channels} channel(s) of the net's input",
                channels == 1 ? "grey images have one channel, 0" : "2,1,0 is that of OpenCV, 0,1,2 that of the image");
    }
}
