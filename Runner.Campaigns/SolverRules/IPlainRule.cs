namespace Cnn.Campaigns.SolverRules;

/// <summary>The update rule of a solver type for one parameter, from its formula.</summary>
internal interface IPlainRule
{
    /// <summary>Returns what is subtracted from the weights; changes the histories.</summary>
    /// <param name="gradient">The gradient, clipped and normalised, with the decay if the rule wants it there.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="rate">The learning rate times the parameter's multiplier.</param>
    /// <param name="decay">The weight decay times the parameter's multiplier.</param>
    /// <param name="step">The number of the step, from 1.</param>
    RoundedVector Step(RoundedVector gradient, RoundedVector weights, double rate, double decay, int step);

    /// <summary>Whether the decay is added to the gradient.</summary>
    bool AddsDecayToGradient => true;
}
