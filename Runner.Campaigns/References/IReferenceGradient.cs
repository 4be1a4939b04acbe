namespace Cnn.Campaigns.References;

/// <summary>
/// A reference whose layer has, in some cases, gradients that are documented not to be the derivatives of its tops. It
/// computes them from the documented formula.
/// </summary>
internal interface IReferenceGradient
{
    /// <summary>
    /// Returns whether <see cref="Backward"/> gives the gradients of a case, rather than differences of the tops.
    /// </summary>
    bool HasOwnGradient(ReferenceCall call);

    /// <summary>
    /// Computes the diffs of bottoms and parameters from those of the tops, after <see cref="IReferenceLayer.Forward"/>
    /// has run with the same call.
    /// </summary>
    void Backward(ReferenceCall call);
}
