namespace Cnn.Layers.Kernels.Convolution;

/// <summary>The form that an algorithm packs a convolution's weights into.</summary>
internal enum WeightForm
{
    /// <summary>As they are stored.</summary>
    Stored,

    /// <summary>Panels of A: the outputs are the rows of a tile.</summary>
    Rows,

    /// <summary>Panels of B: the outputs are the columns of a tile.</summary>
    Columns,

    /// <summary>Transformed by Winograd's algorithm.</summary>
    Winograd,
}
