namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>How a plane continues outside itself.</summary>
internal enum PlaneBorder
{
    /// <summary>Zeros.</summary>
    Zeros,

    /// <summary>Mirrored about its outermost pixels.</summary>
    Mirrored,

    /// <summary>Its outermost pixels repeated.</summary>
    Repeated,
}
