using Cnn.Fillers;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// The random numbers of one image: a pure function of the layer's key and the image's index, in blocks of four words.
/// Each transformation has blocks of its own, so one that is added changes nothing for the others.
/// </summary>
/// <param name="Key">Key of the layer's random stream.</param>
/// <param name="Index">The image's index among all images drawn since training began.</param>
internal readonly record struct ImageRandom(ulong Key, long Index)
{
    /// <summary>The block of the flip and the crop.</summary>
    public const ulong Crop = 0;

    /// <summary>The first of the two blocks of the affine distortion.</summary>
    public const ulong Distortion = 1;

    /// <summary>The block of the colours.</summary>
    public const ulong ColorJitter = 3;

    /// <summary>The block of the larger image around an image.</summary>
    public const ulong Expansion = 4;

    /// <summary>The first of the three blocks of the colours of <c>distort_param</c>.</summary>
    public const ulong ColorDistortion = 5;

    /// <summary>The block that picks one of the sampled windows.</summary>
    public const ulong SampledWindow = 8;

    /// <summary>The block of <c>resize_param</c>.</summary>
    public const ulong Resize = 9;

    /// <summary>The block of <c>noise_param</c>.</summary>
    public const ulong Noise = 10;

    /// <summary>The block of one of several <c>resize_param</c>; its index is not an image's.</summary>
    public const ulong ResizeChoice = 11;

    /// <summary>The first of the two blocks of a fork's random sizes.</summary>
    public const ulong Variation = 12;

    /// <summary>The first of the two blocks of <c>geometry_param</c>.</summary>
    public const ulong Geometry = 14;

    /// <summary>The first of the blocks of the resized crop, one a try.</summary>
    public const ulong ResizedCrop = 16;

    /// <summary>The first of the blocks of the cutout, one a square.</summary>
    public const ulong Cutout = 1024;

    /// <summary>The first of the blocks of the windows that <c>batch_sampler</c> draws, one a trial.</summary>
    public const ulong Samples = 1UL << 28;

    /// <summary>The first of the blocks of <c>random_aspect_ratio_param</c>, two an attempt.</summary>
    public const ulong Attempts = 1UL << 29;

    /// <summary>The first of the three blocks of DeepDetect's <c>noise_param</c>, a word a damage.</summary>
    public const ulong NoiseEffects = 1UL << 30;

    /// <summary>The first of the two blocks of <c>yolo_data_jitter</c>.</summary>
    public const ulong BoxJitter = NoiseEffects + 3;

    /// <summary>The block of the flip and the crop of an image with a map of labels.</summary>
    public const ulong LabelMap = BoxJitter + 2;

    /// <summary>The block of <c>scale_factors</c>.</summary>
    public const ulong ScaleFactor = LabelMap + 1;

    /// <summary>The block of a clip's first frame and its step.</summary>
    public const ulong Clip = ScaleFactor + 1;

    /// <summary>The first of the blocks of single pixels that <c>noise_param</c> sets, one for four pixels.</summary>
    public const ulong SaltPepper = 1UL << 33;

    /// <summary>The first of the blocks of the elastic distortion, one for four pixels.</summary>
    public const ulong Elastic = 1UL << 32;

    /// <summary>Returns the four words of a block.</summary>
    public (uint A, uint B, uint C, uint D) Block(ulong block) => PhiloxRandom.Block(Key, block, (ulong)Index);

    /// <summary>Returns a number from -1 up to, but not including, 1.</summary>
    public static float Signed(uint word) => ((word >> 8) * (2f / (1 << 24))) - 1;

    /// <summary>Returns a number between two, evenly drawn.</summary>
    public static double Between(uint word, double least, double largest) =>
        least + ((largest - least) * (word * (1.0 / (1UL << 32))));

    /// <summary>Returns whether something of a chance happens: always for 1, never for 0.</summary>
    public static bool Happens(uint word, double chance) => word * (1.0 / (1UL << 32)) < chance;

    /// <summary>Returns an integer from 0 to <paramref name="count"/> - 1.</summary>
    public static int Below(uint word, int count) => (int)(((ulong)word * (ulong)count) >> 32);
}
