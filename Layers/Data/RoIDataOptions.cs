using System.ComponentModel.DataAnnotations;

namespace Cnn.Layers.Data;

/// <summary>
/// The <c>param_str</c> of py-faster-rcnn's RoIDataLayer, and the settings of its <c>cfg</c> with their defaults.
/// </summary>
internal sealed record RoIDataOptions
{
    /// <summary>Classes, the background being one.</summary>
    [Range(2, 1 << 20)]
    public required int NumClasses { get; init; }

    /// <summary>The database, where <c>data_param</c> does not name it.</summary>
    public string Source { get; init; } = "";

    /// <summary>The lengths of an image's shortest side in the top, of which one is drawn.</summary>
    public int[] Scales { get; init; } = [600];

    /// <summary>The largest length of its longest side.</summary>
    [Range(1, 1 << 14)]
    public int MaxSize { get; init; } = 1000;

    /// <summary>What both sides are multiples of, rounded down (PVANet).</summary>
    [Range(1, 1 << 10)]
    public int ScaleMultipleOf { get; init; } = 1;

    /// <summary>Images in a pass; null for 1 with a region proposal network and 2 without.</summary>
    [Range(1, 1 << 16)]
    public int? ImsPerBatch { get; init; }

    /// <summary>Whether each epoch has every image flipped too.</summary>
    public bool UseFlipped { get; init; } = true;

    /// <summary>Whether objects that are hard to recognise are learned too.</summary>
    public bool UseDiff { get; init; }

    /// <summary>The mean of each channel: blue, green, red.</summary>
    public double[] PixelMeans { get; init; } = [102.9801, 115.9465, 122.7717];

    /// <summary>Regions in a pass, without a region proposal network.</summary>
    [Range(-1, 1 << 20)]
    public int BatchSize { get; init; } = 128;

    /// <summary>The share of objects' regions among them.</summary>
    [Range(0.0, 1.0)]
    public double FgFraction { get; init; } = 0.25;

    /// <summary>Whether all classes share their shifts; null where there are two classes.</summary>
    public bool? Agnostic { get; init; }
}
