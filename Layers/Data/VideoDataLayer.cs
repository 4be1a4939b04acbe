using System.Globalization;
using Cnn.Layers.Data.Transform;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.ImageSets;
using Google.Protobuf;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>VideoData</c> of C3D 1.1, and VIDEO_DATA of C3D 1.0, whose options are in <c>image_data_param</c>: clips out of
/// folders of frames, <c>000001.jpg</c> and so on, which a text file lists with the first frame and the label. Tops:
/// clips [N, 3, L, H, W] with the channels blue, green, red, and, if named, labels [N]. With
/// <c>use_temporal_jitter</c> the list has the number of frames, and clips begin anywhere in training and with the
/// first frame in testing. The crop and the flip are the same for all frames of a clip.
/// </summary>
[LayerType("VideoData")]
internal sealed class VideoDataLayer : ImageSourceLayer
{
    private const int Channels = 3, MostFrames = 1 << 12, LargestSide = 1 << 15, MostFilesChecked = 10_000;

    private readonly IMessage message;
    private readonly VideoDataParameter video;
    private readonly ImageDataParameter? old;
    private readonly TransformationParameter transform;
    private Clip[] clips = [];
    private AlignedBuffer? channelMean;

    // A worker's clip before the crop, [3, L, H, W] of bytes.
    private byte[][] buffers = [];

    /// <summary>Makes the layer.</summary>
    public VideoDataLayer(LayerContext context)
        : this(context, OldOf(context.Parameter), context.Parameter.VideoDataParam ?? new VideoDataParameter())
    {
    }

    private VideoDataLayer(LayerContext context, ImageDataParameter? old, VideoDataParameter video)
        : base(context, new SourceOptions(
            old is null ? video : old,
            old is null ? VideoDataParameter.SourceFieldNumber : ImageDataParameter.SourceFieldNumber,
            old is null ? VideoDataParameter.BatchSizeFieldNumber : ImageDataParameter.BatchSizeFieldNumber,
            old?.BatchSize ?? video.BatchSize,
            old?.Prefetch ?? video.Prefetch,
            old?.SkipBadRecords ?? video.SkipBadRecords))
    {
        (this.old, message) = (old, (IMessage?)old ?? video);
        this.video = old is null ? video : new VideoDataParameter
        {
            Source = old.Source,
            RandSkip = old.RandSkip,
            Shuffle = old.Shuffle,
            NewHeight = old.NewHeight,
            NewWidth = old.NewWidth,
            NewLength = old.NewLength,
            RootFolder = old.RootFolder,
            UseImage = old.UseImage,
            UseTemporalJitter = old.UseTemporalJitter,
            SamplingRate = (uint)Math.Max(0, old.SamplingRate),
        };
        transform = context.Parameter.TransformParam ?? new TransformationParameter();
    }

    private protected override long Count => clips.Length;

    private protected override bool IsShuffled => video.Shuffle;

    private protected override long FirstItem => RandomSkip(video.RandSkip);

    private protected override int? Frames => (int)video.NewLength;

    private int Length => (int)video.NewLength;

    private protected override void Open(bool hasLabels)
    {
        CheckDefinition();
        if (MakesUpFor(video.Source, new ImageShape(Channels, (int)video.NewHeight, (int)video.NewWidth)))
        {
            return;
        }

        if (!video.UseImage)
        {
            throw Error(
                nameof(video.UseImage),
                "use_image is false, but video files are not read",
                "extract their frames, such as with ffmpeg -i clip.avi folder/%06d.jpg, and say use_image: true");
        }

        clips = ReadList();
        buffers = new byte[WorkerCount][];
        channelMean = old is { HasMeanValue: true } && transform.MeanValue.Count == 0 && !transform.HasMeanFile
            ? MeanOf(old.MeanValue)
            : Transformer.ChannelMean(Channels);
    }

    private protected override string NameOf(long item) => $"clip {item} ('{clips[item].Folder}')";

    private protected override ImageShape TopShape(ImageShape image, ImageFit? resize, long index)
    {
        ImageShape clip = Stacked(image);
        if (Transformer.Mean is not null && Transformer.MeanShape != clip)
        {
            throw Context.Error(
                transform,
                TransformationParameter.MeanFileFieldNumber,
                $"the mean in '{transform.MeanFile}' is {Transformer.MeanShape}, the clips are {clip}",
                "it is the mean of clips, 3 x L x H x W, before any crop");
        }

        if (Transformer.CropHeight > image.Height || Transformer.CropWidth > image.Width)
        {
            throw Context.Error(
                transform,
                TransformationParameter.CropSizeFieldNumber,
                $"the crop is larger than the frames, {image}");
        }

        return Stacked(CutOf(image));
    }

    private protected override ImageShape ShapeOf(long item, int worker)
    {
        if (video.NewHeight > 0)
        {
            return new ImageShape(Channels, (int)video.NewHeight, (int)video.NewWidth);
        }

        string file = FileOf(clips[item], Start(clips[item], default));
        return ImageReader.ShapeOf(ReaderOf(worker).ReadFile(file), ImageColor.Colour);
    }

    private protected override void Load(long item, int worker, ImageTarget target)
    {
        Clip clip = clips[item];
        var random = new ImageRandom(Transformer.Key, target.Index);
        uint step = video.UseSamplingRateJitter
            ? 1 + (uint)ImageRandom.Below(random.Block(ImageRandom.Clip).B, (int)video.MaxSamplingRate)
            : video.SamplingRate;
        long first = Start(clip, random, step);
        ImageShape shape = default;
        for (int frame = 0; frame < Length; frame++)
        {
            ReadFrame(FileOf(clip, first + (frame * step)), frame, worker, ref shape);
        }

        if (Stacked(CutOf(shape)) != target.Shape)
        {
            throw new CnnException(
                $"its frames are {shape}, other than those of the first clip of its batch",
                "frames of different sizes need new_height and new_width");
        }

        Store(random, shape, worker, target.Values);
        target.SetLabel(clip.Label);
    }

    private static ImageDataParameter? OldOf(LayerParameter parameter) =>
        parameter.VideoDataParam is null ? parameter.ImageDataParam : null;

    private static AlignedBuffer MeanOf(float value)
    {
        var mean = new AlignedBuffer(Channels);
        mean.Span.Fill(value);
        return mean;
    }

    private ImageShape CutOf(ImageShape frame) => Transformer.CropHeight == 0
        ? frame
        : frame with { Height = Transformer.CropHeight, Width = Transformer.CropWidth };

    // Without jitter the list tells; with it, the list has the number of frames, of which the first is number 1.
    private long Start(Clip clip, ImageRandom random, uint step = 1)
    {
        if (!video.UseTemporalJitter)
        {
            return clip.First;
        }

        long places = clip.First - ((long)Length * step) + 1;
        if (places < 1)
        {
            throw new CnnException(
                $"it has {clip.First} frames, too few for {Length} with steps of {step}",
                "with use_temporal_jitter the second word of a line is the number of frames");
        }

        return Phase == Phase.Train
            ? 1 + ImageRandom.Below(random.Block(ImageRandom.Clip).A, (int)Math.Min(places, int.MaxValue))
            : 1;
    }

    private static string FileOf(Clip clip, long frame) =>
        Path.Combine(clip.Folder, string.Create(CultureInfo.InvariantCulture, $"{frame:D6}.jpg"));

    // Puts a frame into the worker's clip, whose shape is that of the first frame.
    private void ReadFrame(string file, int frame, int worker, ref ImageShape shape)
    {
        ImageReader reader = ReaderOf(worker);
        PlanarImage image = reader.Decode(reader.ReadFile(file), ImageColor.Colour);
        if (video.NewHeight > 0)
        {
            image = reader.Resize(image, (int)video.NewHeight, (int)video.NewWidth);
        }

        if (frame == 0)
        {
            shape = new ImageShape(Channels, image.Height, image.Width);
            if ((long)shape.Count * Length > int.MaxValue / 2)
            {
                throw new CnnException($"{Length} frames of {shape} are too large for a clip");
            }

            if (buffers[worker] is null || buffers[worker].Length < shape.Count * Length)
            {
                buffers[worker] = GC.AllocateUninitializedArray<byte>(shape.Count * Length);
            }
        }
        else if (image.Height != shape.Height || image.Width != shape.Width)
        {
            throw new CnnException($"'{file}' is {image.Height} x {image.Width}, the clip's first frame {shape}");
        }

        int plane = shape.Height * shape.Width;
        for (int c = 0; c < Channels; c++)
        {
            image.Plane(c).CopyTo(buffers[worker].AsSpan(((c * Length) + frame) * plane));
        }
    }

    private unsafe void Store(ImageRandom random, ImageShape shape, int worker, Span<float> values)
    {
        var (flip, down, across, _) = random.Block(ImageRandom.Crop);
        ImageShape cut = CutOf(shape);
        int rows = shape.Height - cut.Height, columns = shape.Width - cut.Width;
        int top = Phase == Phase.Train ? ImageRandom.Below(down, rows + 1) : rows / 2;
        int left = Phase == Phase.Train ? ImageRandom.Below(across, columns + 1) : columns / 2;
        bool isMirrored = transform.Mirror && (flip >> 31) != 0;
        float* mean = Transformer.Mean is { } clip ? clip.Pointer : null;
        fixed (byte* source = buffers[worker])
        fixed (float* target = values)
        {
            // A channel's frames are windows of one tall image of one channel.
            for (int part = 0; part < Channels * Length; part++)
            {
                var window = new ImageWindow(
                    1, Channels * Length * shape.Height, shape.Width, (part * shape.Height) + top, left, cut.Height,
                    cut.Width);
                ImageTransformKernel.Run(
                    source,
                    window,
                    mean,
                    channelMean is null ? null : channelMean.Pointer + (part / Length),
                    transform.Scale,
                    isMirrored,
                    target + ((long)part * cut.Height * cut.Width));
            }
        }

        GC.KeepAlive(this);
    }

    private Clip[] ReadList()
    {
        const string Hint = "a line is a folder, a space, its first frame, a space, and a whole number";
        IReadOnlyList<string[]> lines;
        try
        {
            lines = WordList.Read(Context.Files.Find(video.Source), words: 3, Hint);
        }
        catch (CnnException exception) when (exception.Diagnostics[0].Location is null)
        {
            Diagnostic first = exception.Diagnostics[0];
            throw Error(nameof(video.Source), first.Message, first.Hint);
        }

        Clip[] read = [.. lines.Select(line => new Clip(
            Context.Files.Find(video.RootFolder + line[0]), Number(line[1]), Number(line[2])))];
        int missing = read.Take(MostFilesChecked).Count(clip => !Directory.Exists(clip.Folder));
        if (missing > (old?.SkipBadRecords ?? video.SkipBadRecords))
        {
            throw Error(
                nameof(video.Source),
                $"{missing} of {read.Length} folders are not there, "
                + $"such as '{read.First(clip => !Directory.Exists(clip.Folder)).Folder}'",
                "check the list and root_folder");
        }

        return read;

        int Number(string word) =>
            int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw Error(nameof(video.Source), $"'{word}' in '{video.Source}' is no number", Hint);
    }

    private void CheckDefinition()
    {
        Require(video.Source.Length > 0, nameof(video.Source), "source is missing", "name the list of folders");
        Require(
            video.NewLength is >= 1 and <= MostFrames,
            nameof(video.NewLength),
            $"new_length is {video.NewLength}",
            $"give the number of frames of a clip, 1 to {MostFrames}");
        Require(
            video.NewHeight == 0 == (video.NewWidth == 0) && Math.Max(video.NewHeight, video.NewWidth) <= LargestSide,
            nameof(video.NewHeight),
            $"new_height is {video.NewHeight} and new_width {video.NewWidth}",
            $"give both, at most {LargestSide}, or neither");
        Require(
            video.SamplingRate is >= 1 and <= MostFrames && video.MaxSamplingRate is >= 1 and <= MostFrames,
            nameof(video.SamplingRate),
            $"sampling_rate is {video.SamplingRate} and max_sampling_rate {video.MaxSamplingRate}",
            $"they are steps from a frame to the next, 1 to {MostFrames}");
        if (Transformer.EditsImages(hasBoxes: false) || transform.Pad > 0 || transform.Distortion is not null
            || transform.RandomResizedCrop is not null || transform.ColorJitter is not null
            || transform.Cutout is not null)
        {
            throw Context.Error(
                transform,
                0,
                "clips have the crop, mirror, scale and mean alone",
                "remove what else transform_param asks for");
        }
    }

    private void Require(bool holds, string name, string text, string hint)
    {
        if (!holds)
        {
            throw Error(name, text, hint);
        }
    }

    // At the field of that name in the message that the options are in.
    private CnnException Error(string name, string text, string? hint)
    {
        var field = message.Descriptor.Fields.InDeclarationOrder().FirstOrDefault(f => f.PropertyName == name);
        return Context.Error(message, field?.FieldNumber ?? 0, text, hint);
    }

    /// <summary>A line of the list.</summary>
    /// <param name="Folder">The folder of the frames.</param>
    /// <param name="First">The first frame, or the number of frames.</param>
    /// <param name="Label">The label.</param>
    private readonly record struct Clip(string Folder, int First, int Label);
}
