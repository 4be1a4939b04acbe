using Cnn.Campaigns.Running;

return CampaignProgram.Run(args, Console.Out, Console.Error);
