using Cnn.Campaigns.Fuzz;
using Cnn.Campaigns.Running;

return FuzzProgram.Run(args, Console.Out) ?? CampaignProgram.Run(args, Console.Out, Console.Error);
