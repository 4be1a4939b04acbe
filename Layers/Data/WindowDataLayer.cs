using Cnn.Fillers;
using Cnn.Layers.Data.Transform;
using Cnn.Layers.Data.Windows;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>WindowData</c>: windows of images, from a text file that lists them with the class and the overlap of the object
/// in each (R-CNN's training data; see <see cref="WindowList"/>). Tops: windows [N, 3, crop, crop] with the channels
/// blue, green, red; labels [N]. The first N - floor(N * fg_fraction) windows of a batch are drawn from the background,
/// the others from those of objects, in both phases; each draw is a function of the seed and the window's index.
/// </summary>
/// <remarks>As in Caffe, the crop, the mean and the flip are those of transform_param, the scale is not.</remarks>
[LayerType("WindowData")]
internal sealed class WindowDataLayer : ImageSourceLayer
{
    private const int Channels = 3;

    private readonly WindowDataParameter parameter;
    private readonly ulong drawKey;
    private WindowList list = new([], []);
    private LabelledWindow[] foreground = [];
    private LabelledWindow[] background = [];
    private byte[]?[] cache = [];
    private PlanarImage[] cuts = [];
    private int crop;
    private int foregroundCount;
    private AlignedBuffer? mean;
    private ImageShape meanShape;
    private AlignedBuffer? channelMeans;

    /// <summary>Makes the layer.</summary>
    public WindowDataLayer(LayerContext context)
        : this(context, context.Parameter.WindowDataParam ?? new WindowDataParameter())
    {
    }

    private WindowDataLayer(LayerContext context, WindowDataParameter parameter)
        : base(context, new SourceOptions(
            parameter,
            WindowDataParameter.SourceFieldNumber,
            WindowDataParameter.BatchSizeFieldNumber,
            parameter.BatchSize,
            parameter.Prefetch)) =>
        (this.parameter, drawKey) = (parameter, context.Random.Key(Name, "windows"));

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(2);

    /// <summary>The number of windows that are drawn from.</summary>
    public override long? SourceCount => IsMadeUp ? null : (long)foreground.Length + background.Length;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<int, string>? KnownLabels(int top) => top != 1
        ? null
        : foreground.Select(w => w.Label).Distinct().ToDictionary(l => l, _ => $"a window of '{parameter.Source}'");

    // Windows are drawn without an end.
    private protected override long Count => 0;

    private bool IsSquare => parameter.CropMode == "square";

    private bool Mirror => Parameter.TransformParam?.Mirror ?? false;

    private protected override void Open(bool hasLabels)
    {
        CheckDefinition();
        var shape = new ImageShape(Channels, crop, crop);
        if (MakesUpFor(parameter.Source, shape))
        {
            return;
        }

        try
        {
            list = WindowList.Read(Context.Files.Find(parameter.Source));
        }
        catch (CnnException exception) when (exception.Diagnostics[0].Location is null)
        {
            throw Context.Error(parameter, WindowDataParameter.SourceFieldNumber, exception);
        }

        if (Context.MadeUp is not null && !list.Images.Any(image => File.Exists(FileOf(image))))
        {
            MakeUp($"none of the {list.Images.Count} images is here", shape);
            return;
        }

        foreground = [.. list.Windows.Where(w => w.Overlap >= parameter.FgThreshold)];
        background =
        [
            .. list.Windows
                .Where(w => w.Overlap < parameter.FgThreshold && w.Overlap < parameter.BgThreshold)
                .Select(w => w with { Label = 0, Overlap = 0 }),
        ];
        CheckWindows();
        (mean, meanShape) = (Transformer.Mean, Transformer.MeanShape);
        channelMeans = Transformer.ChannelMean(Channels);
        CheckMean();
        foregroundCount = (int)(Batch * parameter.FgFraction);
        cache = new byte[list.Images.Count][];
        cuts = [.. Enumerable.Range(0, WorkerCount).Select(_ => new PlanarImage())];
    }

    private protected override ImageShape ShapeOf(long item, int worker) => new(Channels, crop, crop);

    // The transformation is the layer's own.
    private protected override ImageShape TopShape(ImageShape image, ImageFit? resize, long index) => image;

    private protected override void Load(long item, int worker, ImageTarget target)
    {
        bool isForeground = target.Place >= Batch - foregroundCount;
        LabelledWindow window = Draw(item, isForeground ? foreground : background, out bool mirror);
        ImageReader reader = ReaderOf(worker);
        PlanarImage image = reader.Decode(ReadFile(window.Image, reader), ImageColor.Colour);
        WindowCrop place = WindowCrop.Of(
            window, image.Height, image.Width, crop, (int)parameter.ContextPad, IsSquare, mirror)
            ?? throw new CnnException(
                $"the window {window.X1} {window.Y1} {window.X2} {window.Y2} of '{list.Images[window.Image].Path}' "
                + $"lies outside the image of {image.Height} rows and {image.Width} columns",
                "its corners are counted from 0");
        Store(image, place, mirror, worker, target.Values);
        target.SetLabel(window.Label);
    }

    private protected override string NameOf(long item) => $"a window of '{parameter.Source}'";

    private unsafe void Store(PlanarImage image, in WindowCrop place, bool mirror, int worker, Span<float> values)
    {
        if (place.ScaledWidth < 1 || place.ScaledHeight < 1)
        {
            values.Clear();
            return;
        }

        PlanarImage cut = Cut(image, place, cuts[worker]);
        PlanarImage scaled = ReaderOf(worker).Resize(cut, place.ScaledHeight, place.ScaledWidth);
        int row = meanShape.Width, plane = meanShape.Height * row, border = (row - crop) / 2;
        fixed (byte* pixels = scaled.Pixels)
        fixed (float* to = values)
        {
            PasteKernel.Run(
                pixels,
                Channels,
                scaled.Height,
                scaled.Width,
                to,
                crop,
                place.Top,
                place.Left,
                mirror,
                mean == null ? null : mean.Pointer + (border * row) + border,
                row,
                plane,
                channelMeans == null ? null : channelMeans.Pointer,
                parameter.Scale);
        }
    }

    private static PlanarImage Cut(PlanarImage image, in WindowCrop place, PlanarImage to)
    {
        to.SetSize(image.Channels, place.Height, place.Width);
        for (int c = 0; c < image.Channels; c++)
        {
            for (int y = 0; y < place.Height; y++)
            {
                image.Plane(c).Slice(((place.Y + y) * image.Width) + place.X, place.Width)
                    .CopyTo(to.Plane(c)[(y * place.Width)..]);
            }
        }

        return to;
    }

    private LabelledWindow Draw(long index, LabelledWindow[] from, out bool mirror)
    {
        var (a, b, _, _) = PhiloxRandom.Block(drawKey, 0, (ulong)index);
        mirror = Mirror && (b >> 31) != 0;
        return from[(int)(((ulong)a * (ulong)from.Length) >> 32)];
    }

    // Two threads that both find a file missing in the cache both read it, and either's content will do.
    private ReadOnlySpan<byte> ReadFile(int image, ImageReader reader)
    {
        if (Volatile.Read(ref cache[image]) is { } content)
        {
            return content;
        }

        ReadOnlySpan<byte> read = reader.ReadFile(FileOf(list.Images[image]));
        if (parameter.CacheImages)
        {
            Volatile.Write(ref cache[image], read.ToArray());
        }

        return read;
    }

    private string FileOf(WindowImage image) => Context.Files.Find(parameter.RootFolder + image.Path);

    private void CheckDefinition()
    {
        if (parameter.Source.Length == 0)
        {
            throw Context.Error(
                parameter,
                WindowDataParameter.SourceFieldNumber,
                "source is missing in window_data_param",
                "name the list of windows");
        }

        uint size = Parameter.TransformParam?.CropSize ?? 0;
        if (size is 0 or > 1 << 14)
        {
            throw Context.Error(
                Parameter.TransformParam,
                TransformationParameter.CropSizeFieldNumber,
                $"crop_size of transform_param is {size}",
                $"windows are scaled to a square of this side, from 1 to {1 << 14}");
        }

        crop = (int)size;
        if (parameter.ContextPad * 2L >= crop)
        {
            throw Context.Error(
                parameter,
                WindowDataParameter.ContextPadFieldNumber,
                $"context_pad {parameter.ContextPad} on both sides leaves nothing of crop_size {crop}",
                $"less than {(crop + 1) / 2}");
        }

        if (parameter.CropMode is not ("warp" or "square"))
        {
            throw Context.Error(
                parameter,
                WindowDataParameter.CropModeFieldNumber,
                $"crop_mode is '{parameter.CropMode}'",
                "warp and square are known");
        }

        if (!(parameter.FgFraction >= 0 && parameter.FgFraction <= 1))
        {
            throw Context.Error(
                parameter,
                WindowDataParameter.FgFractionFieldNumber,
                $"fg_fraction is {parameter.FgFraction}",
                "it must be from 0 to 1");
        }
    }

    private void CheckWindows()
    {
        foreach (LabelledWindow window in foreground)
        {
            if (window.Label <= 0)
            {
                throw Context.Error(
                    parameter,
                    WindowDataParameter.SourceFieldNumber,
                    $"a window of image {window.Image} in '{parameter.Source}' overlaps an object by {window.Overlap} "
                    + $"and is of class {window.Label}",
                    "the classes of objects begin at 1");
            }
        }

        if (foreground.Length == 0 || background.Length == 0)
        {
            string none = foreground.Length == 0 ? "objects" : "background";
            throw Context.Error(
                parameter,
                WindowDataParameter.SourceFieldNumber,
                $"'{parameter.Source}' has no windows of {none}",
                "see fg_threshold and bg_threshold");
        }
    }

    private void CheckMean()
    {
        if (mean is not null
            && (meanShape.Channels != Channels || meanShape.Height != meanShape.Width || meanShape.Width < crop))
        {
            throw Context.Error(
                Parameter.TransformParam,
                TransformationParameter.MeanFileFieldNumber,
                $"the mean is {meanShape}",
                $"a square of {Channels} channels and a side of at least {crop} is needed");
        }
    }
}
