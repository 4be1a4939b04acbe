namespace Cnn.Campaigns.References;

/// <summary>
/// A layer type from its formula alone: scalar, in double precision, slow and obviously right. Has a <see
/// cref="ReferenceAttribute"/>, draws its cases (<see cref="IReferenceCases"/>) and keeps nothing from one call to the
/// next.
/// </summary>
internal interface IReferenceLayer
{
    /// <summary>Computes the tops from the bottoms and parameters, and checks their shapes.</summary>
    /// <exception cref="ReferenceMismatchException">A shape is not the formula's.</exception>
    void Forward(ReferenceCall call);
}
