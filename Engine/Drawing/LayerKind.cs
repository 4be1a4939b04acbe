namespace Cnn.Engine.Drawing;

/// <summary>The kinds of layers that a drawing tells apart by colour, in the order of its legend.</summary>
internal enum LayerKind
{
    /// <summary>Inputs and sources of data.</summary>
    Data,

    /// <summary>Convolutions and their like.</summary>
    Convolution,

    /// <summary>Layers that multiply by a matrix of weights: inner products, recurrent layers.</summary>
    Dense,

    /// <summary>Pooling.</summary>
    Pooling,

    /// <summary>Element-wise functions.</summary>
    Activation,

    /// <summary>Normalization, scale and bias.</summary>
    Normalization,

    /// <summary>Layers that join, cut and rearrange blobs.</summary>
    Shape,

    /// <summary>Losses and scores.</summary>
    Loss,

    /// <summary>Everything else.</summary>
    Other,
}
