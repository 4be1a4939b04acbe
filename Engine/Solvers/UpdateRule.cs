namespace Cnn.Engine.Solvers;

/// <summary>
/// Turns gradients into steps, in the way of one solver type. Each type is one class, which carries a
/// <see cref="SolverTypeAttribute"/> and has a public constructor that takes a <see cref="SolverContext"/> and checks
/// the fields that the rule reads; the <see cref="Solver"/> runs the steps around it.
/// </summary>
public abstract class UpdateRule
{
    /// <summary>
    /// The number of history blobs per parameter. They start at 0; a snapshot holds all first ones, then all second
    /// ones, and so on.
    /// </summary>
    public virtual int HistoriesPerParameter => 1;

    /// <summary>
    /// Whether an update with a rate of 0 and histories of 0 changes neither the parameter nor the histories, whatever
    /// the gradient; the solver then skips it.
    /// </summary>
    public virtual bool IsIdleAtRateZero => false;

    /// <summary>
    /// Returns whether a history cannot hold values below 0, such as a mean of squares. A snapshot with such values
    /// there is refused, since another solver type must have written it.
    /// </summary>
    /// <param name="history">Which of the parameter's histories, from 0.</param>
    public virtual bool IsNeverNegative(int history) => false;

    /// <summary>
    /// Updates one parameter: its values and its histories. Most rules call
    /// <see cref="ParameterUpdate.Apply"/> with a step of their own.
    /// </summary>
    public abstract void Update(ParameterUpdate update);
}
