namespace Cnn.Engine.Checks;

/// <summary>How a check of a layer ended.</summary>
public enum CheckOutcome
{
    /// <summary>The layer keeps to it.</summary>
    Holds,

    /// <summary>The layer does not keep to it.</summary>
    Fails,

    /// <summary>The layer has nothing to check.</summary>
    DoesNotApply,
}
